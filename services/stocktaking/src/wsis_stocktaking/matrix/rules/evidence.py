"""Evidence: how many entries, prize projects and sessions of the Forum support each link."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wsis_shared.json_types import JsonObject

from wsis_stocktaking.matrix.rules.patches import Key, MatrixLink, key, rank

Counts = dict[str, int]
TARGETS, ENTRIES, SESSIONS = VIEWS = ("targets", "entries", "sessions")
"""What the cells of a picture show."""

NONE: Counts = {"entries": 0, "projects": 0, "sessions": 0}


def count(
    entries: Mapping[tuple[str, str], int], projects: Mapping[tuple[str, str], int], sessions: Mapping[Key, int]
) -> dict[Key, Counts]:
    """{"entries", "projects", "sessions"} of each line and goal that have any. `projects`: entries that the WSIS Prizes
    nominated or awarded, which are among `entries`."""
    found: dict[Key, Counts] = {}
    for name, counts in (("entries", _numbered(entries)), ("projects", _numbered(projects)), ("sessions", sessions)):
        for place, count in counts.items():
            if count:
                found.setdefault(place, dict(NONE))[name] = count
    return found


def _numbered(counts: Mapping[tuple[str, str], int]) -> dict[Key, int]:
    return {(line, int(sdg)): count for (line, sdg), count in counts.items()}


def beside(links: Iterable[MatrixLink], counts: Mapping[Key, Counts]) -> list[JsonObject]:
    """The links, each with its counts."""
    return [{**link, "evidence": counts.get(key(link), NONE)} for link in links]


def without_link(links: Iterable[MatrixLink], counts: Mapping[Key, Counts]) -> list[JsonObject]:
    """Lines and goals with evidence that the matrix does not link."""
    known = {key(link) for link in links}
    missing = [place for place in counts if place not in known]
    return [{"line": line, "sdg": sdg, **counts[line, sdg]} for line, sdg in sorted(missing, key=rank)]
