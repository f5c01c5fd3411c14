"""Editions: opened, read, removed."""

from __future__ import annotations

from collections.abc import Iterable

from wsis_shared import audit
from wsis_shared.context import Context
from wsis_shared.errors import Conflict
from wsis_shared.events import new_event
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc

from wsis_consultation.editions.events import EDITION_OPENED, EDITION_REMOVED
from wsis_consultation.editions.rules import editions
from wsis_consultation.editions.store import Editions
from wsis_consultation.editions.use_cases import presenters


class EditionCases:
    """What can be done with an edition as a whole."""

    def __init__(self, store: Editions, others: Iterable[str]) -> None:
        """An edition in which any of the `others`, names of collections, has a document is in use."""
        self._store, self._others = store, tuple(others)

    @rpc
    def list_editions(self, ctx: Context) -> JsonObject:
        """All editions, the newest first."""
        return {"items": [presenters.edition_row(doc, ctx) for doc in self._store.all()], "next": None}

    @rpc
    def read_edition(self, ctx: Context, edition: str) -> JsonObject:
        """One edition with phases, deadlines and conflicts. Raises NotFound."""
        return presenters.edition(self._store.find(edition), ctx)

    @rpc(writes=True)
    def open_edition(self, ctx: Context, body: Input) -> JsonObject:
        """A new edition with its Forum, and the wall dates of another. Raises Conflict, Invalid, NotFound."""
        former = self._store.find_any(body["edition"])
        if former is not None and not former.get("removed"):
            raise Conflict("consultation.edition_exists", edition=body["edition"])
        copied = editions.copy_of(self._store.find(body["copy_from"]), body["edition"], body)
        if former:  # it was removed
            copied["version"] = former["version"]
        self._store.save(
            "editions",
            copied,
            new_event(EDITION_OPENED, subject=copied["_id"], edition=copied["_id"]),
            audit.entry(
                "consultation.edition_opened",
                f"edition/{copied['_id']}",
                after={"from": body["copy_from"]},
                reason=body["reason"],
            ),
        )
        return presenters.edition(copied, ctx)

    @rpc(writes=True)
    def remove_edition(self, edition: str, body: Input) -> None:
        """An edition opened by mistake. What somebody adds at this very moment stays: the edition can be opened again.
        Raises NotFound, and Conflict where somebody has worked with it."""
        doc = self._store.find(edition)
        if used := self._store.used_in(edition, self._others):
            raise Conflict("consultation.edition_in_use", what=used)
        self._store.save(
            "editions",
            {**doc, "removed": True},
            new_event(EDITION_REMOVED, subject=edition, edition=edition),
            audit.entry("consultation.edition_removed", f"edition/{edition}", reason=body["reason"]),
        )
