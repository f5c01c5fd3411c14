"""Editions, phases, the form."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files

from wsis_shared import audit, clock, reference
from wsis_shared.context import Context
from wsis_shared.errors import Conflict, Invalid
from wsis_shared.events import PendingEvent, new_event
from wsis_shared.json_types import Input
from wsis_shared.operations import rpc

from wsis_prizes.events import EDITION_CHANGED, PHASE_CHANGED, VOTING_EXTENDED, VOTING_WINDOW_CHANGED
from wsis_prizes.rules import editions, forms, names, phases, projects, words
from wsis_prizes.rules import reference as contest
from wsis_prizes.rules.editions import Edition
from wsis_prizes.store import Store
from wsis_prizes.use_cases import presenters


class EditionCases:
    """Read by everybody, moved by officers."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @rpc
    def list_editions(self, ctx: Context) -> dict[str, object]:
        """All editions, the newest first."""
        return {
            "items": [presenters.edition(doc, ctx.received_at, ctx.locale) for doc in self._store.editions()],
            "next": None,
        }

    @rpc
    def read_edition(self, ctx: Context, edition: str) -> dict[str, object]:
        """One edition with its phases."""
        return presenters.edition(self._store.edition(edition), ctx.received_at, ctx.locale)

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
        return presenters.edition(made, ctx.received_at, ctx.locale)

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
        return presenters.edition(changed, ctx.received_at, ctx.locale)

    @rpc(writes=True)
    def move_phase(self, ctx: Context, edition: str, phase: str, body: Input) -> dict[str, object]:
        """Move a phase: order checked, old dates in the audit, those concerned told."""
        doc = self._store.edition(edition)
        former, start = phases.find(doc["phases"], phase), body.get("start")
        if start not in (None, former["start"]) and editions.start_is_fixed(doc, phase, ctx.received_at):
            raise Conflict("prizes.voting_opened")
        changed: Edition = {**doc, "phases": phases.move(doc["phases"], phase, start, body.get("end"))}
        moved = phases.find(changed["phases"], phase)
        if (moved["start"], moved["end"]) == (former["start"], former["end"]):
            raise Invalid("prizes.nothing_to_change")
        if editions.move_refused(doc, phase, moved["end"], ctx.received_at):
            raise Conflict("prizes.phase_done", phase=phase)
        self._store.save_edition(changed, *self._moved(ctx, changed, former, moved, body["reason"]))
        return presenters.edition(changed, ctx.received_at, ctx.locale)

    def _moved(
        self, ctx: Context, doc: Edition, former: phases.Phase, moved: phases.Phase, reason: str
    ) -> list[PendingEvent]:
        edition, code = doc["_id"], moved["code"]
        # Before there are nominees nobody has been voting, whatever the former dates say.
        begun = former["start"] <= ctx.received_at and bool(doc["marks"].get("published_at"))
        extended = code == phases.VOTING and begun and moved["end"] > former["end"]
        pending = [
            audit.entry(
                "prizes.phase_moved",
                f"edition/{edition}/phase/{code}",
                {"start": clock.iso(former["start"]), "end": clock.iso(former["end"])},
                {"start": clock.iso(moved["start"]), "end": clock.iso(moved["end"])},
                reason,
            ),
            new_event(
                PHASE_CHANGED,
                subject=edition,
                edition=edition,
                phase=code,
                start=moved["start"],
                end=moved["end"],
                former_start=former["start"],
                former_end=former["end"],
                reason=reason,
                accounts=[] if extended else self._concerned(edition, code),
            ),
        ]
        if code == phases.VOTING:
            pending.append(new_event(VOTING_WINDOW_CHANGED, subject=edition, edition=edition, **editions.window(doc)))
        if extended:
            pending.append(
                new_event(
                    VOTING_EXTENDED,
                    subject=edition,
                    edition=edition,
                    closes_at=moved["end"],
                    reason=reason,
                    former_closes_at=former["end"],
                )
            )
        return pending

    def _concerned(self, edition: str, code: str) -> list[str]:
        waiting = projects.DRAFT if code == phases.SUBMISSION else projects.NOMINATED
        return self._store.owners(edition, [projects.SUBMITTED, waiting])

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
