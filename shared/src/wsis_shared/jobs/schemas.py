"""Jobs as the gateway serves them."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.jobs.events import Progress
from wsis_shared.jobs.states import STATES
from wsis_shared.schemas import Id, PageQuery, ResponseSchema, Utc, page_of


class JobFailure(ResponseSchema):
    """Why a job failed: `code` is one of the codes of problems."""

    code = fields.String(required=True)
    params = fields.Dict(required=True)


class Job(ResponseSchema):
    """A job. `result` is there once it has succeeded, `error` once it has failed."""

    id = Id(required=True)
    service = fields.String(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True, metadata={"description": "In the language of the request"})
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    progress = fields.Nested(Progress, required=True)
    result = fields.Raw(required=True, allow_none=True)
    error = fields.Nested(JobFailure, required=True, allow_none=True)
    cancel_requested = fields.Boolean(required=True)
    requested_by = Id(required=True, allow_none=True)
    created_at = Utc(required=True)
    started_at = Utc(required=True, allow_none=True)
    finished_at = Utc(required=True, allow_none=True)
    updated_at = Utc(required=True)
    expires_at = Utc(required=True, allow_none=True, metadata={"description": "When it is deleted"})


JobPage = page_of(Job, "JobPage")


class JobsQuery(PageQuery):
    """Jobs of one service, the newest first."""

    service = fields.String(required=True, metadata={"description": "A service with jobs"})
    state = fields.String(load_default=None, validate=validate.OneOf(STATES))
    kind = Id(load_default=None)
