"""Editions are read by everybody, opened and set by officers."""

from __future__ import annotations

from datetime import datetime

from wsis_shared import audit, clock, reference
from wsis_shared.context import Context
from wsis_shared.errors import Conflict
from wsis_shared.events import new_event
from wsis_shared.json_types import Input
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts
from wsis_shared.translations import by_key

from wsis_prizes.editions.events import EDITION_CHANGED, VOTING_WINDOW_CHANGED
from wsis_prizes.editions.rules import editions, phases
from wsis_prizes.editions.rules.editions import Edition
from wsis_prizes.editions.store import Editions


class EditionCases:
    """Read by everybody, set by officers."""

    def __init__(self, editions: Editions) -> None:
        self._editions = editions

    @rpc
    def list_editions(self, ctx: Context) -> dict[str, object]:
        """All editions, the newest first."""
        return {
            "items": [to_response(doc, ctx.received_at, ctx.locale) for doc in self._editions.editions()],
            "next": None,
        }

    @rpc
    def read_edition(self, ctx: Context, edition: str) -> dict[str, object]:
        """One edition with its phases."""
        return to_response(self._editions.edition(edition), ctx.received_at, ctx.locale)

    @rpc(writes=True)
    def open_edition(self, ctx: Context, body: Input) -> dict[str, object]:
        """A new edition with the settings of another, its phases at the same wall dates."""
        if self._editions.has_edition(body["edition"]):
            raise Conflict("prizes.edition_exists", edition=body["edition"])
        made = editions.copy_of(self._editions.edition(body["copy_from"]), body["edition"])
        self._editions.save_edition(
            made,
            new_event(EDITION_CHANGED, subject=made["_id"], edition=made["_id"]),
            new_event(VOTING_WINDOW_CHANGED, subject=made["_id"], edition=made["_id"], **editions.window(made)),
            audit.entry(
                "prizes.edition_opened",
                f"edition/{made['_id']}",
                after={"copy_from": body["copy_from"]},
                reason=body["reason"],
            ),
        )
        return to_response(made, ctx.received_at, ctx.locale)

    @rpc(writes=True)
    def change_settings(self, ctx: Context, edition: str, body: Input) -> dict[str, object]:
        """Change settings, categories or word limits, with the reason."""
        former = self._editions.edition(edition)
        if body.get("revision") not in (None, editions.revision(former)):
            raise Conflict("prizes.changed_meanwhile")
        wanted = {name: value for name, value in body.items() if name not in ("reason", "revision")}
        changed, before, after = editions.with_settings(former, wanted, ctx.received_at)
        pending = [
            new_event(EDITION_CHANGED, subject=edition, edition=edition),
            audit.entry("prizes.settings_changed", f"edition/{edition}", before, after, body["reason"]),
        ]
        if "every_category" in after:
            pending.append(
                new_event(VOTING_WINDOW_CHANGED, subject=edition, edition=edition, **editions.window(changed))
            )
        self._editions.save_edition(changed, *pending)
        return to_response(changed, ctx.received_at, ctx.locale)


def to_response(doc: Edition, now: datetime, locale: str) -> dict[str, object]:
    """An edition with its phases, those that are on marked."""
    on = phases.current(doc["phases"], now)
    titles = {
        language: text.format(doc["_id"]) for language, text in by_key("wsis_prizes", "certificate")["prizes"].items()
    }
    return {
        "edition": doc["_id"],
        "title": titles[locale],
        "titles": titles,
        "current": on,
        "phases": [
            {
                **phase,
                "title": reference.title(phase, locale),
                "titles": phase["title"],
                "start_geneva": clock.geneva(phase["start"]),
                "end_geneva": clock.geneva(phase["end"]),
                "current": phase["code"] in on,
            }
            for phase in sorted(doc["phases"], key=lambda phase: phase["number"])
        ],
        "conflicts": phases.conflicts(doc["phases"]),
        "categories": doc["categories"],
        "settings": doc["settings"],
        "revision": editions.revision(doc),
        "done": {
            "nominees_published": bool(doc["marks"].get("published_at")),
            "champions_announced": editions.champions_are_out(doc),
            "winners_released": editions.winners_are_out(doc),
        },
    }


def compose(parts: Parts) -> EditionCases:
    """The use cases with their collaborators; called once per process."""
    return EditionCases(Editions(parts.db))
