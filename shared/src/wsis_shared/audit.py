"""What staff did: an event of every service that has staff actions, collected by the service that keeps the audit.

It is saved with the change itself (outbox), so there is no change without its entry.
"""

from __future__ import annotations

from typing import Any

from marshmallow import fields
from wsis_shared import clock, context
from wsis_shared.events import Event, Occurrence, occur
from wsis_shared.schemas import Answer, Utc


class Action(Answer):
    """One entry: who, when, what, before and after, why."""

    actor = fields.String(required=True)
    action = fields.String(required=True)
    object = fields.String(required=True)
    before = fields.Raw(allow_none=True)
    after = fields.Raw(allow_none=True)
    reason = fields.String(allow_none=True)
    at = Utc(required=True)
    request_id = fields.String(allow_none=True)


ACTION_TAKEN = Event(
    type="action_taken",
    summary="A member of staff changed something",
    schema=Action,
    example={
        "actor": "3f2a", "action": "prizes.phase_moved", "object": "edition/2017/phase/public_voting",
        "before": {"end": "2017-04-15T21:00:00Z"}, "after": {"end": "2017-04-30T21:00:00Z"},
        "reason": "More time for voters", "at": "2017-04-05T09:00:00Z", "request_id": "a1",
    },
)  # fmt: skip


def taken(action: str, object: str, before: Any = None, after: Any = None, reason: str | None = None) -> Occurrence:
    """The entry for what the current actor does now. Never a winner under embargo, never a vote."""
    ctx = context.current()
    return occur(
        ACTION_TAKEN, subject=object, actor=ctx.actor.id or "anonymous", action=action, object=object, before=before,
        after=after, reason=reason, at=clock.now(), request_id=ctx.request_id or None,
    )  # fmt: skip
