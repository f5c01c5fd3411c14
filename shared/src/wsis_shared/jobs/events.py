"""Events of every service with jobs. Both stay inside the suite, and no manifest lists them."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.events import EventType
from wsis_shared.jobs.states import STATES
from wsis_shared.schemas import ResponseSchema


class Due(ResponseSchema):
    """`dispatch` is the number of the message: a message with an older number has no effect."""

    job = fields.String(required=True)
    kind = fields.String(required=True)
    dispatch = fields.Integer(required=True)


class Progress(ResponseSchema):
    """`done` of `total` units of work; `total` is 0 while it is unknown."""

    done = fields.Integer(required=True, metadata={"description": "Units of work that are done"})
    total = fields.Integer(required=True, metadata={"description": "All units of work; 0 while unknown"})
    note = fields.String(required=True, metadata={"description": "What the job does at the moment"})


class Progressed(ResponseSchema):
    """What changed."""

    job = fields.String(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    progress = fields.Nested(Progress, required=True)


_JOB = {"job": "voting.5f0c2b7e8d9a4c1e9b6a3d2f1e0c4b8a", "kind": "recount"}

JOB_DUE = EventType("job_due", "A job waits for a worker", Due, {**_JOB, "dispatch": 1})
JOB_PROGRESSED = EventType(
    "job_progressed",
    "The state or the progress of a job changed",
    Progressed,
    {**_JOB, "state": "running", "progress": {"done": 40, "total": 100, "note": ""}},
)
