"""Phases are moved and those whom that concerns are told; voting asks for its window."""

from __future__ import annotations

from dataclasses import dataclass

from wsis_shared import audit, clock
from wsis_shared.context import Context
from wsis_shared.errors import Conflict, Invalid
from wsis_shared.events import PendingEvent, new_event
from wsis_shared.json_types import Input
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts

from wsis_prizes.dates import rules
from wsis_prizes.dates.events import PHASE_CHANGED, VOTING_EXTENDED
from wsis_prizes.editions.events import VOTING_WINDOW_CHANGED
from wsis_prizes.editions.rules import editions, phases
from wsis_prizes.editions.rules.editions import Edition
from wsis_prizes.editions.store import Editions
from wsis_prizes.editions.use_cases import to_response
from wsis_prizes.nominations.use_cases import presenters
from wsis_prizes.projects.rules import projects
from wsis_prizes.projects.store import Projects
from wsis_prizes.reviews.store import Reviews


@dataclass(frozen=True)
class _Move:
    """The edition after a move, and its phase before and after. `extends_voting`: people vote, and have longer."""

    edition: Edition
    former: phases.Phase
    moved: phases.Phase
    extends_voting: bool


class DateCases:
    """Moved by officers."""

    def __init__(self, editions: Editions, projects: Projects, reviews: Reviews) -> None:
        self._editions, self._projects, self._reviews = editions, projects, reviews

    @rpc(writes=True)
    def move_phase(self, ctx: Context, edition: str, phase: str, body: Input) -> dict[str, object]:
        """Move a phase: order checked, old dates in the audit, those concerned told."""
        move = self._move(ctx, edition, phase, body)
        self._editions.save_edition(move.edition, *self._moved(move, body["reason"]))
        if phase == phases.NOMINATION and not move.edition["marks"].get("published_at"):
            self._reviews.set_due(edition, move.moved["end"])
        return to_response(move.edition, ctx.received_at, ctx.locale)

    @rpc
    def preview_phase(self, ctx: Context, edition: str, phase: str, body: Input) -> dict[str, object]:
        """What the same move would do."""
        move = self._move(ctx, edition, phase, body)
        before = phases.conflicts(self._editions.edition(edition)["phases"])
        return {
            "start": move.moved["start"],
            "end": move.moved["end"],
            "former_start": move.former["start"],
            "former_end": move.former["end"],
            "conflicts": [each for each in phases.conflicts(move.edition["phases"]) if each not in before],
            "everyone": move.extends_voting,
            "accounts": 0 if move.extends_voting else len(self._concerned(edition, phase)),
        }

    def _move(self, ctx: Context, edition: str, phase: str, body: Input) -> _Move:
        doc = self._editions.edition(edition)
        former, start = phases.find(doc["phases"], phase), body.get("start")
        if start not in (None, former["start"]) and rules.start_is_fixed(doc, phase, ctx.received_at):
            raise Conflict("prizes.voting_opened")
        changed: Edition = {**doc, "phases": phases.move(doc["phases"], phase, start, body.get("end"))}
        moved = phases.find(changed["phases"], phase)
        if (moved["start"], moved["end"]) == (former["start"], former["end"]):
            raise Invalid("prizes.nothing_to_change")
        if rules.move_refused(doc, phase, moved["end"], ctx.received_at):
            raise Conflict("prizes.phase_done", phase=phase)
        if rules.voting_ends_in_the_past(doc, phase, moved["end"], ctx.received_at):
            raise Conflict("prizes.voting_end_passed")
        # Before there are nominees nobody has been voting, whatever the former dates say.
        begun = former["start"] <= ctx.received_at and bool(doc["marks"].get("published_at"))
        return _Move(changed, former, moved, phase == phases.VOTING and begun and moved["end"] > former["end"])

    def _moved(self, move: _Move, reason: str) -> list[PendingEvent]:
        edition, former, moved = move.edition["_id"], move.former, move.moved
        code = moved["code"]
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
                accounts=[] if move.extends_voting else self._concerned(edition, code),
            ),
        ]
        if code == phases.VOTING:
            window = editions.window(move.edition)
            pending.append(new_event(VOTING_WINDOW_CHANGED, subject=edition, edition=edition, **window))
        if move.extends_voting:
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
        return self._projects.owners(edition, [projects.SUBMITTED, waiting])


class VotingCases:
    """What voting asks: the contest, and its window for good. Nothing here asks voting."""

    def __init__(self, editions: Editions, projects: Projects) -> None:
        self._editions, self._projects = editions, projects

    @rpc
    def contest(self, edition: str) -> dict[str, object]:
        """For voting: the window, the rule, the nominees, who was disqualified, and whether the result is public."""
        doc = self._editions.edition(edition)
        rows = self._projects.in_states(edition, [projects.NOMINATED, projects.DISQUALIFIED])
        nominees = [presenters.named(row) for row in rows if row["state"] == projects.NOMINATED]
        present = {row["category"] for row in nominees}
        window = editions.window(doc)
        return {
            "edition": edition,
            "opens_at": window["opens_at"],
            "closes_at": window["closes_at"],
            "rule": {
                "every_category": window["every_category"],
                "finalists_per_category": doc["settings"]["finalists_per_category"],
                "tie_rule": doc["settings"]["tie_rule"],
                "categories": [category for category in doc["categories"] if category in present],
            },
            "nominees": nominees,
            "champions_announced": editions.champions_are_out(doc),
            "disqualified": [
                {"project": row["_id"], "category": row["category"], "reason_code": "disqualified"}
                for row in rows
                if row["state"] == projects.DISQUALIFIED
            ],
        }

    @rpc(writes=True)
    def fix_window(self, edition: str, window: Input) -> dict[str, object]:
        """Voting has counted by this window and is about to certify: where officers have not moved it meanwhile, nobody
        moves it any more. Returns the contest as it is, and whether this window is `fixed`."""
        moments = {name: clock.parse(window[name]) for name in ("opens_at", "closes_at")}
        counted: editions.Window = {
            "opens_at": moments["opens_at"],
            "closes_at": moments["closes_at"],
            "every_category": window["every_category"],
        }
        doc = self._editions.edition(edition)
        changed, fixed = rules.fix_window(doc, counted, clock.now())
        if changed != doc:
            self._editions.save_edition(changed)
        return {**self.contest(edition), "fixed": fixed}


def compose(parts: Parts) -> tuple[DateCases, VotingCases]:
    """The use cases with their collaborators; called once per process."""
    editions, projects = Editions(parts.db), Projects(parts.db)
    return DateCases(editions, projects, Reviews(parts.db)), VotingCases(editions, projects)
