"""The pages of operators: jobs and dead letters of all services."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter

from wsis_shared import dead_letters
from wsis_shared.jobs import manifest
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.pages import Form, Page, Read
from wsis_shared.plugin import Plugin

_LETTERS, _JOBS = "/desk/dead-letters", "/desk/jobs"
_JOB = f"{_JOBS}/{{service}}/{{job}}"
_MOVED = f"{_LETTERS}/{{service}}?done=yes"
_OF = "of_"  # begins the names of reads: one of each service
_TINTS = {"failed": "wrong", "succeeded": "done", "cancelled": "plain"}


def pages(plugins: Iterable[Plugin]) -> tuple[Page, ...]:
    """Each reads every service, and stands without those that are away."""
    plugins = tuple(plugins)
    return (
        Page(
            _JOBS,
            "data/web/jobs.html",
            "jobs",
            reads=_reads("/v1/jobs", (each.name for each in plugins if each.jobs)),
            forms=(Form("cancel", "DELETE /v1/jobs/{job}", then=_JOBS, confirm=True),),
            view="wsis_gateway.web.operators:jobs",
            menu="desk:95",
            permission=manifest.READ,
        ),
        Page(
            f"{_JOBS}/{{service}}",
            "data/web/jobs.html",
            "jobs",
            reads=(Read("listed", "/v1/jobs?service={service}&after={after}"),),
            forms=(Form("cancel", "DELETE /v1/jobs/{job}", then=f"{_JOBS}/{{service}}", confirm=True),),
            view="wsis_gateway.web.operators:jobs_of",
        ),
        Page(
            _JOB,
            "data/web/desk-job.html",
            "job",
            reads=(Read("job", "/v1/jobs/{job}"),),
            forms=(Form("cancel", "DELETE /v1/jobs/{job}", then=_JOB, confirm=True),),
            permission=manifest.READ,  # without it people read their own jobs alone
        ),
        Page(
            _LETTERS,
            "data/web/dead-letters.html",
            "dead_letters",
            reads=_reads("/v1/dead-letters", (each.name for each in plugins)),
            view="wsis_gateway.web.operators:letters",
            menu="desk:96",
            permission=dead_letters.READ,
        ),
        Page(
            f"{_LETTERS}/{{service}}",
            "data/web/dead-letters-of.html",
            "dead_letters",
            reads=(Read("letters", "/v1/dead-letters?service={service}&after={after}"),),
            forms=tuple(
                Form(act, f"POST /v1/dead-letters/{act}?service={{service}}", _MOVED, confirm=True)
                for act in ("requeue", "drop")
            ),
        ),
    )


def jobs(values: Input, _locale: str) -> Mapping[str, object]:
    """The newest jobs of all services: what runs or failed first. `older`: the services that have more."""
    rows = [row for _, answer in _answers(values) for row in _tinted(answer)]
    rows.sort(key=itemgetter("updated_at"), reverse=True)
    rows.sort(key=lambda job: job["state"] in ("succeeded", "cancelled"))
    return {"rows": rows, "older": [name for name, answer in _answers(values) if answer["next"]], "following": None}


def jobs_of(values: Input, _locale: str) -> Mapping[str, object]:
    """A page of the jobs of one service, the newest first; `following` is the cursor of the next."""
    return {"rows": _tinted(values["listed"]), "older": [], "following": values["listed"]["next"]}


def letters(values: Input, _locale: str) -> Mapping[str, object]:
    """How many dead letters each service has, the most first."""
    return {"rows": sorted(((answer["total"], service) for service, answer in _answers(values)), reverse=True)}


def _tinted(answer: Input) -> list[JsonObject]:
    return [{**job, "tint": _TINTS.get(job["state"], "info")} for job in answer["items"]]


def _reads(path: str, services: Iterable[str]) -> tuple[Read, ...]:
    return tuple(Read(f"{_OF}{name}", f"{path}?service={name}", optional=True) for name in services)


def _answers(values: Input) -> Iterator[tuple[str, Input]]:
    """(service, what it answered)."""
    return ((name.removeprefix(_OF), answer) for name, answer in values.items() if name.startswith(_OF) and answer)
