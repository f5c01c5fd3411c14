"""What everybody reads of an entry: its card, its revisions, what changed between two."""

from __future__ import annotations

from wsis_shared.context import Context
from wsis_shared.errors import NotFound
from wsis_shared.json_types import JsonObject
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts

from wsis_stocktaking.entries.store.entries import Entries
from wsis_stocktaking.entries.use_cases import presenters
from wsis_stocktaking.entries.use_cases.presenters import outside_matrix
from wsis_stocktaking.matrix.use_cases.reading import MatrixLinks, current_links
from wsis_stocktaking.register.rules import cards, contents
from wsis_stocktaking.register.store.register import Register
from wsis_stocktaking.settings import Settings


class PublicEntries:
    """Public entries. The id of an entry that was merged leads to the survivor."""

    def __init__(self, register: Register, entries: Entries, links: MatrixLinks) -> None:
        self._register, self._entries, self._links = register, entries, links

    @rpc
    def read_entry(self, ctx: Context, entry: str) -> JsonObject:
        """The card of an entry, its freshness, and its links outside the matrix. Raises NotFound."""
        found = self._register.find_public(entry)
        consent = found.get("consent")
        return {
            **cards.card(found),
            "freshness": presenters.light(found, ctx.received_at),
            "outside_matrix": outside_matrix(found["content"], self._links),
            "licence": consent["licence"] if consent else Settings.current().stocktaking_licence,
            "licence_agreed_at": consent and consent["at"],
            "merged_from": entry if found["_id"] != entry else None,
        }

    @rpc
    def list_revisions(self, entry: str, limit: int, after: str | None = None) -> JsonObject:
        """The revisions of an entry, the last one first; nobody is named. Raises NotFound."""
        return self._entries.revisions(self._register.find_public(entry)["_id"], after, limit).response()

    @rpc
    def read_revision(self, entry: str, number: str) -> JsonObject:
        """What an entry said in a revision. Raises NotFound."""
        if not (number.isascii() and number.isdigit()):
            raise NotFound("stocktaking.revision_unknown", revision=number)
        return self._entries.revision(self._register.find_public(entry)["_id"], int(number))

    @rpc
    def compare_revisions(self, entry: str, **revisions: int | None) -> JsonObject:
        """What differs between two revisions, `from` and `to`, by default the last two. Raises NotFound."""
        found = self._register.find_public(entry)
        last = revisions.get("to") or found["revision"]
        first = revisions.get("from") or max(1, last - 1)
        before, after = (self._entries.revision(found["_id"], number) for number in (first, last))
        return {
            "entry": found["_id"],
            "from_revision": first,
            "to_revision": last,
            "items": contents.differences(before["content"], after["content"]),
        }


def compose(parts: Parts) -> PublicEntries:
    """The use cases with their collaborators; called once per process."""
    return PublicEntries(Register(parts.db), Entries(parts.db), current_links(parts))
