"""Editions, phases, the form."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from importlib.resources import files

from wsis_shared import audit, clock, reference
from wsis_shared.context import Context
from wsis_shared.errors import Conflict
from wsis_shared.events import new_event
from wsis_shared.json_types import Input
from wsis_shared.operations import rpc
from wsis_shared.translations import by_key

from wsis_prizes.events import EDITION_CHANGED, VOTING_WINDOW_CHANGED
from wsis_prizes.rules import editions, forms, names, phases, words
from wsis_prizes.rules import reference as contest
from wsis_prizes.rules.editions import Edition
from wsis_prizes.store import Store


class EditionCases:
    """Read by everybody, set by officers."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @rpc
    def list_editions(self, ctx: Context) -> dict[str, object]:
        """All editions, the newest first."""
        return {
            "items": [shown(doc, ctx.received_at, ctx.locale) for doc in self._store.editions()],
            "next": None,
        }

    @rpc
    def read_edition(self, ctx: Context, edition: str) -> dict[str, object]:
        """One edition with its phases."""
        return shown(self._store.edition(edition), ctx.received_at, ctx.locale)

    @rpc(writes=True)
    def open_edition(self, ctx: Context, body: Input) -> dict[str, object]:
        """A new edition with the settings of another, its phases at the same wall dates."""
        if self._store.has_edition(body["edition"]):
            raise Conflict("prizes.edition_exists", edition=body["edition"])
        made = editions.copy_of(self._store.edition(body["copy_from"]), body["edition"])
        self._store.save_edition(
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
        return shown(made, ctx.received_at, ctx.locale)

    @rpc(writes=True)
    def change_settings(self, ctx: Context, edition: str, body: Input) -> dict[str, object]:
        """Change settings, categories or word limits, with the reason."""
        former = self._store.edition(edition)
        wanted = {name: value for name, value in body.items() if name != "reason"}
        changed, before, after = editions.with_settings(former, wanted, ctx.received_at)
        pending = [
            new_event(EDITION_CHANGED, subject=edition, edition=edition),
            audit.entry("prizes.settings_changed", f"edition/{edition}", before, after, body["reason"]),
        ]
        if "every_category" in after:
            pending.append(
                new_event(VOTING_WINDOW_CHANGED, subject=edition, edition=edition, **editions.window(changed))
            )
        self._store.save_edition(changed, *pending)
        return shown(changed, ctx.received_at, ctx.locale)

    @rpc
    def list_categories(self, ctx: Context, edition: str) -> dict[str, object]:
        """The categories by number, titles in the reader's language; how many nominees each has, once they are out."""
        locale, doc = ctx.locale, self._store.edition(edition)
        rows = [contest.category(code) for code in doc["categories"]]
        published = doc["marks"].get("published_at")
        nominees = Counter(row["category"] for row in self._store.nominees(doc, None)) if published else None
        return {
            "items": [
                {
                    "code": row.code,
                    "number": row.number,
                    "title": reference.title(row, locale),
                    "titles": dict(row.title),
                    "nominees": None if nominees is None else nominees[row.code],
                }
                for row in rows
            ],
            "next": None,
        }

    @rpc
    def read_form(self, ctx: Context, edition: str) -> dict[str, object]:
        """Fields with their limits, criteria, and the rule by which words are counted."""
        locale, doc = ctx.locale, self._store.edition(edition)
        criteria = [
            {"code": row["code"], "title": reference.title(row, locale), "titles": row["title"]}
            for row in doc["criteria"]
        ]
        return {
            "edition": edition,
            **doc["form"],
            "fields": forms.described(doc["form"]["fields"], contest.form_texts(), locale),
            "criteria": criteria,
            "word_rule": words.RULE,
        }

    @rpc(writes=True, store_response=False)
    def count_words(self, body: Input) -> dict[str, object]:
        """The server's own count of a text. A POST for the length of texts alone: nothing is written or kept."""
        return {"words": words.count(body["text"])}

    @rpc
    def read_word_counter(self) -> dict[str, object]:
        """The rule as JavaScript, for the form in the browser."""
        script = (files("wsis_prizes.rules") / "word-count.js").read_text("utf-8")
        return {"text": script, "filename": "word-count.js"}

    @rpc
    def suggest_sdgs(self, action_line: str) -> dict[str, object]:
        """Goals that the matrix in force links to a line, with their targets."""
        items = []
        for link in reference.links_of_line(action_line):
            titles = dict(reference.sdg(link.sdg).title)
            items.append(
                {
                    "sdg": link.sdg,
                    "title": titles["en"],
                    "titles": titles,
                    "targets": list(link.targets),
                    "goal_level": link.goal_level,
                }
            )
        return {"action_line": action_line, "matrix": reference.matrix().version, "items": items, "next": None}

    @rpc
    def list_past_winners(self, edition: str, limit: int = 20, after: str | None = None) -> dict[str, object]:
        """Winners of earlier editions, which this edition does not take again."""
        self._store.edition(edition)
        return self._store.past_winners(edition, limit, after).response()

    @rpc(writes=True)
    def import_past_winners(self, edition: str, body: Input) -> dict[str, object]:
        """Add winners of earlier editions; those that are there are left alone."""
        doc = self._store.edition(edition)
        rows = [
            {**row, "entity": names.entity(row["organization"]), "title_key": names.title(row["title"])}
            for row in body["items"]
        ]
        added = self._store.add_past_winners(rows)
        self._store.save_edition(
            doc,
            new_event(EDITION_CHANGED, subject=edition, edition=edition),
            audit.entry("prizes.past_winners_imported", f"edition/{edition}", after={"added": added}),
        )
        return {"added": added, "known": len(rows) - added}


def shown(doc: Edition, now: datetime, locale: str) -> dict[str, object]:
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
        "done": {
            "nominees_published": bool(doc["marks"].get("published_at")),
            "champions_announced": editions.champions_are_out(doc),
            "winners_released": editions.winners_are_out(doc),
        },
    }
