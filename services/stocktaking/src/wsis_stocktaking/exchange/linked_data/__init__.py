"""The register as JSON-LD. Pure: the gateway loads it to write exports, without nameko and pymongo."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from wsis_shared import clock
from wsis_shared.exports import ExportSource
from wsis_shared.json_types import Input

from wsis_stocktaking.exchange.linked_data.catalogue import FORMATS, action_lines, catalogue, goals, register
from wsis_stocktaking.exchange.linked_data.conditions import rights
from wsis_stocktaking.exchange.linked_data.entries import record
from wsis_stocktaking.exchange.linked_data.vocabulary import CONTEXT, Addresses, Node

__all__ = ["FORMATS", "MEDIA_TYPE", "LinkedData", "catalogue_document", "entry_document"]

MEDIA_TYPE = FORMATS["jsonld"]


class LinkedData:
    """A list of cards as one document: the catalogue, the codes that entries name, and a record for each entry."""

    def begin(self, source: ExportSource) -> bytes:
        """The context and all nodes before the records. An ExportWriter."""
        return self.start(source.base_url, clock.iso(source.made_at))

    def start(self, base: str, modified: str) -> bytes:
        """The same, of the suite at an address, at a moment of UTC as text."""
        self._addresses = Addresses(base)
        nodes = [
            catalogue(self._addresses, modified),
            register(self._addresses, modified),
            *action_lines(self._addresses),
            *goals(),
        ]
        return f'{{"@context":{_dump(CONTEXT)},"@graph":[\n'.encode() + _joined(nodes)

    def write(self, items: Sequence[Input]) -> bytes:
        """The records of cards."""
        return b"".join(b",\n" + _joined([record(card, self._addresses)]) for card in items)

    def finish(self) -> bytes:
        """The end of the document."""
        return b"\n]}\n"


def entry_document(card: Input, base: str) -> str:
    """The document of one entry. `card` has its moments as text."""
    return _dump({"@context": CONTEXT, **record(card, Addresses(base)), **rights()})


def catalogue_document(base: str, modified: str, snapshots: Iterable[Input]) -> str:
    """The document that describes the register without its entries."""
    addresses = Addresses(base)
    nodes = [
        catalogue(addresses, modified),
        register(addresses, modified, snapshots),
        *action_lines(addresses),
        *goals(),
    ]
    return _dump({"@context": CONTEXT, "@graph": nodes})


def _joined(nodes: Sequence[Node]) -> bytes:
    return ",\n".join(map(_dump, nodes)).encode()


def _dump(value: object) -> str:
    """JSON that can stand inside a page, too."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
