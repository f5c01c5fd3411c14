"""Audit of staff actions: every service with such actions publishes an event; the service that owns the log stores it.

The event is stored with the change itself (outbox): there is no change without its entry.
"""

from __future__ import annotations

from collections.abc import Iterator

from marshmallow import fields
from wsis_shared import clock, context
from wsis_shared.events import EventType, PendingEvent, new_event
from wsis_shared.json_types import Input
from wsis_shared.schemas import ResponseSchema, Utc
from wsis_shared.translations import by_key


class Action(ResponseSchema):
    """One entry: who, when, what, before and after, why."""

    actor = fields.String(required=True)
    action = fields.String(required=True)
    object = fields.String(required=True)
    before = fields.Raw(allow_none=True)
    after = fields.Raw(allow_none=True)
    reason = fields.String(allow_none=True)
    at = Utc(required=True)
    request_id = fields.String(allow_none=True)


ACTION_TAKEN = EventType(
    type="action_taken",
    summary="A member of staff changed something",
    schema=Action,
    example={
        "actor": "3f2a",
        "action": "prizes.phase_moved",
        "object": "edition/2017/phase/public_voting",
        "before": {"end": "2017-04-15T21:00:00Z"},
        "after": {"end": "2017-04-30T21:00:00Z"},
        "reason": "More time for voters",
        "at": "2017-04-05T09:00:00Z",
        "request_id": "a1",
    },
)


def entry(
    action: str, object: str, before: object = None, after: object = None, reason: str | None = None
) -> PendingEvent:
    """The audit entry of the current actor's action. It never contains a winner under embargo, and never a vote."""
    ctx = context.current()
    return new_event(
        ACTION_TAKEN,
        subject=object,
        actor=ctx.actor.id or "anonymous",
        action=action,
        object=object,
        before=before,
        after=after,
        reason=reason,
        at=clock.now(),
        request_id=ctx.request_id or None,
    )


def act_rows() -> Iterator[Input]:
    """What staff do, with its titles: what every service does, such as an export, and what each does alone, from the
    part `acts` of its texts."""
    from wsis_shared.plugin import discover  # noqa: PLC0415 -- manifests declare events, of which this module has one

    for plugin in discover(routes=False):
        of_every = {f"{plugin.name}.{act}": title for act, title in by_key("wsis_shared", "acts").items()}
        for code, title in {**of_every, **by_key(plugin.locale_package, "acts")}.items():
            yield {"code": code, "title": title}
