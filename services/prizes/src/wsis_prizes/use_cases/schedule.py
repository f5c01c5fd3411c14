"""The dates of an edition: phases are moved, and those whom that concerns are told."""

from __future__ import annotations

from wsis_shared import audit, clock
from wsis_shared.context import Context
from wsis_shared.errors import Conflict, Invalid
from wsis_shared.events import PendingEvent, new_event
from wsis_shared.json_types import Input
from wsis_shared.operations import rpc

from wsis_prizes.events import PHASE_CHANGED, VOTING_EXTENDED, VOTING_WINDOW_CHANGED
from wsis_prizes.rules import editions, phases, projects
from wsis_prizes.rules.editions import Edition
from wsis_prizes.store import Store
from wsis_prizes.use_cases.editions import shown


class ScheduleCases:
    """Moved by officers."""

    def __init__(self, store: Store) -> None:
        self._store = store

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
        return shown(changed, ctx.received_at, ctx.locale)

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
