"""Costly work: jobs, heavy requests that are no jobs, and child processes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wsis_shared.plugin import Mode
from wsis_shared.security import DEPLOY, Installed, Part
from wsis_shared.security.tables import section, table

_STARTS = re.compile(
    r"^\s*((import|from) (subprocess|multiprocessing)|from wsis_shared\.child_process import ChildProcess)\b",
    re.MULTILINE,
)


def write(part: Part, _suite: Installed) -> str:
    """The section."""
    ends, costs, children = part.of("jobs"), part.of("heavy_requests"), part.of("child_processes")
    jobs = part.plugin.jobs if part.plugin else ()
    return section(
        "Costly work",
        table(
            ("job", "what it does", "it runs to its end"),
            sorted((f"`{job.name}`", job.summary, ends.get(job.name, "")) for job in jobs),
        ),
        table(
            ("heavy request that is no job", "what costs"),
            ((f"`{name}`", costs.get(name, "")) for name in _heavy(part)),
        ),
        table(
            ("child process", "does", "limits"),
            (
                (f"`{name}`", children.get(name, {}).get("does", ""), children.get(name, {}).get("limits", ""))
                for name in _starting(part)
            ),
        ),
    )


def problems(part: Part, _suite: Installed) -> Iterator[str]:
    """Work of which nobody says what it costs, or why it must not end halfway."""
    kinds = part.plugin.jobs if part.plugin else ()
    kept = {kind.name for kind in kinds if not kind.cancellable}
    for section_, needed, question in (
        ("jobs", kept, "why must it not end halfway?"),
        ("heavy_requests", {*_heavy(part)}, "what costs?"),
        ("child_processes", {*_starting(part)}, "what does it do, and within which limits?"),
    ):
        said = part.of(section_).keys()
        yield from (f"{section_}: {name}: {question}" for name in sorted(needed - said))
        yield from (f"{section_}: {name}: nothing to say of it" for name in said - needed)
    for name, told in part.of("child_processes").items():
        if not (told.get("does") and told.get("limits")):
            yield f"child_processes: {name}: what does it do, and within which limits?"


def _heavy(part: Part) -> list[str]:
    routes = part.plugin.routes if part.plugin else ()
    heavy = (route for route in routes if route.limit_class == "heavy" and route.mode is not Mode.JOB)
    return [f"{route.method} {route.path}" for route in heavy]


def _starting(part: Part) -> list[str]:
    """The modules that start processes. The scripts of `deploy` are run by people."""
    return [source.name for source in part.code if part.name != DEPLOY and _STARTS.search(source.text)]
