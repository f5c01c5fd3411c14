"""The page of a part, and what its inventories lack."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wsis_shared.security import Installed, Part, costs, data, fields, inputs, keys, limits, logs, network, rights, ways

# In the order of the page. Each has `write(part, suite)` and `problems(part, suite)`.
SECTIONS: tuple[Any, ...] = (ways, rights, fields, inputs, limits, data, keys, network, costs, logs)
# The sections of security.yaml.
KNOWN = {
    "ways_in",
    "public_writes",
    "permissions",
    "resources",
    "inputs",
    "limits",
    "no_limits",
    "rates",
    "collections",
    "erasure",
    "keys",
    "purposes",
    "algorithms",
    "connections",
    "jobs",
    "heavy_requests",
    "child_processes",
    "security_events",
}


def write(part: Part, suite: Installed) -> str:
    """The page in Markdown."""
    docs = f"{'../../' if part.plugin else '../'}docs/security"
    head = (
        f"# Security of {part.name}\n\n"
        f"`make inventories` writes this page: from the manifest, the settings, the code and `security.yaml`.\n"
        f"[docs/security]({docs}) explains it.\n"
    )
    return head + "".join(section.write(part, suite) for section in SECTIONS)


def _empty(said: object, place: str = "") -> Iterator[str]:
    """Where a statement is empty."""
    rows = said.items() if isinstance(said, dict) else enumerate(said) if isinstance(said, list) else ()
    for name, inner in rows:
        yield from _empty(inner, f"{place}{': ' if place else ''}{name}")
    if said is None or said == "":
        yield place


def problems(part: Part, suite: Installed) -> Iterator[str]:
    """A line for each, with the file to edit."""
    for name in part.statements.keys() - KNOWN:
        yield f"{part.file}: {name}: no section has this name"
    yield from (f"{part.file}: {place}: nothing is said" for place in _empty(part.statements))
    for section in SECTIONS:
        yield from (f"{part.file}: {problem}" for problem in section.problems(part, suite))
