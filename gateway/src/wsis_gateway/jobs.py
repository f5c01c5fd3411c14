"""Jobs over HTTP: 202 with the address of a job, and the operations at that address.

The first part of a job's id names its service, so one path serves the jobs of all services.
"""

from __future__ import annotations

from collections.abc import Mapping

from falcon import Response
from marshmallow import Schema, fields, validate
from wsis_shared.jobs import manifest
from wsis_shared.jobs.schemas import Job, JobPage, JobsQuery
from wsis_shared.jobs.states import is_live
from wsis_shared.plugin import DiscoveryResult, Mode, Route
from wsis_shared.streams import Stream

from wsis_gateway.routing import CommonOperations, operation

PATH = "/v1/jobs"
TAG = "jobs"
_JOB = f"{PATH}/{{job}}"


def job_operations(found: DiscoveryResult) -> CommonOperations:
    """List, read and cancel the jobs of every service that declares some; without such a service there are none."""
    services = [plugin.name for plugin in found if plugin.jobs]
    kinds = sorted({kind.name for plugin in found for kind in plugin.jobs})
    return CommonOperations("job", services, tuple(operation(TAG, route) for route in _routes(services, kinds)))


def _routes(services: list[str], kinds: list[str]) -> tuple[Route, ...]:
    if not services:
        return ()
    query = JobsQuery.from_dict(
        {
            "service": fields.String(required=True, validate=validate.OneOf(services)),
            "kind": fields.String(load_default=None, validate=validate.OneOf(kinds)),
        },
        name="JobsQuery",
    )
    return (
        Route(
            "GET",
            PATH,
            handler="list_jobs",
            summary="Jobs of a service, the newest first",
            permission=manifest.READ,
            query=query,
            response=JobPage,
        ),
        Route(
            "GET",
            _JOB,
            handler="read_job",
            summary="The state, progress and result of a job",
            permission=manifest.OWN,
            response=Job,
            error_codes=("suite.job_unknown",),
            stream=Stream(events=("*.job_progressed",), subject="job"),
        ),
        Route(
            "GET",
            f"{_JOB}/file",
            handler="read_job_file",
            summary="The file that is the result of a job",
            permission=manifest.OWN,
            download=True,
            media="*/*",
            limit="heavy",
            error_codes=("suite.job_unknown", "suite.job_without_file"),
        ),
        Route(
            "DELETE",
            _JOB,
            handler="cancel_job",
            summary="Cancel a job",
            permission=manifest.OWN,
            mode=Mode.JOB,
            description="A step that is running ends first. A job that has ended stays as it is.",
            error_codes=("suite.job_unknown", "suite.job_not_cancellable"),
        ),
    )


def is_job(result: object) -> bool:
    """Does a service respond with a job?"""
    return isinstance(result, dict) and {"id", "kind", "state", "progress"} <= result.keys()


def respond(resp: Response, job: Mapping[str, object]) -> dict[str, object]:
    """Set status and headers of a response that is a job; returns its body."""
    resp.status = 202 if is_live(job) else 200
    if is_live(job):
        resp.set_header("Location", f"{PATH}/{job['id']}")
        resp.set_header("Retry-After", "1")
    body: dict[str, object] = Job().dump(job)
    return body


def schema(result: type[Schema] | None) -> type[Schema] | dict[str, object]:
    """A job whose result has this schema, for the documentation: the common schema and what differs from it."""
    if result is None:
        return Job
    nullable = {"anyOf": [result, {"type": "null"}]}
    return {"allOf": [Job, {"type": "object", "properties": {"result": nullable}}]}
