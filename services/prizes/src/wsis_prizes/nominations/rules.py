"""The list of nominees: chosen by name or by score, with a reason for everyone who is left out; and its orders."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypedDict

from wsis_shared.errors import Invalid

from wsis_prizes.projects.rules.projects import SUBMITTED, Outcome, Project
from wsis_prizes.reviews.rules import NO_SCORES, Scores

# Standard reasons; their texts in seven languages stand in the part `reasons` of texts/.
NOT_SELECTED = "not_selected"
BELOW_THRESHOLD = "below_threshold"
OVER_THE_CAP = "over_the_cap"
NOT_REVIEWED = "not_reviewed"
INELIGIBLE = "ineligible"
REASONS = (NOT_SELECTED, BELOW_THRESHOLD, OVER_THE_CAP, NOT_REVIEWED, INELIGIBLE)


def by_name(
    projects: Sequence[Project], nominate: Sequence[str], given: Mapping[str, str | None], cap: int | None
) -> tuple[list[str], dict[str, Outcome]]:
    """(nominated ids, {id: {code, text}} of the others). Raises for a project that is not eligible and over the cap."""
    by_id = {project["_id"]: project for project in projects}
    strangers = [id for id in [*nominate, *given] if id not in by_id]
    if strangers or set(nominate) & set(given):
        raise Invalid(
            "prizes.not_of_the_list", fields={"nominate": (strangers or sorted(set(nominate) & set(given)))[:50]}
        )
    counts = Counter(by_id[id]["category"] for id in set(nominate))
    over = {category: count for category, count in counts.items() if cap is not None and count > cap}
    if over:
        raise Invalid(
            "prizes.over_the_cap",
            cap=cap or 0,
            fields={"nominate": [f"{category}: {count}" for category, count in over.items()]},
        )
    chosen = sorted(set(nominate), key=lambda id: by_id[id]["number"])
    left = {id: _reason(NOT_SELECTED, given.get(id)) for id in by_id if id not in set(nominate)}
    return chosen, left


def by_score(
    projects: Sequence[Project],
    means: Mapping[str, float],
    given: Mapping[str, str | None],
    *,
    count: int | None = None,
    threshold: float | None = None,
    cap: int | None = None,
) -> tuple[list[str], dict[str, Outcome]]:
    """The same, by mean score: at least `threshold`, at most `cap` in each category, at most `count` in all.

    Equal means are ordered by the number of the receipt, so that the answer is the same every time. A project with a
    reason given by hand is left out; one without a finished review is left out as such.
    """
    left: dict[str, Outcome] = {}
    strangers = [id for id in given if id not in {project["_id"] for project in projects}]
    if strangers:
        raise Invalid("prizes.not_of_the_list", fields={"nominate": strangers[:50]})
    ranked: dict[str, list[Project]] = defaultdict(list)
    for project in sorted(projects, key=lambda one: (-means.get(one["_id"], 0.0), one["number"])):
        id, mean = project["_id"], means.get(project["_id"])
        if id in given:
            left[id] = _reason(NOT_SELECTED, given[id])
        elif mean is None:
            left[id] = _reason(NOT_REVIEWED)
        elif threshold is not None and mean < threshold:
            left[id] = _reason(BELOW_THRESHOLD, mean=mean)
        elif cap is not None and len(ranked[project["category"]]) >= cap:
            left[id] = _reason(OVER_THE_CAP, mean=mean)
        else:
            ranked[project["category"]].append(project)
    chosen = sorted(
        (project for rows in ranked.values() for project in rows), key=lambda one: (-means[one["_id"]], one["number"])
    )
    if count is not None:
        for project in chosen[count:]:
            left[project["_id"]] = _reason(BELOW_THRESHOLD, mean=means[project["_id"]])
        chosen = chosen[:count]
    return [project["_id"] for project in sorted(chosen, key=lambda one: one["number"])], left


class Difference(TypedDict):
    """Of a list from the one before, by category."""

    category: str
    projects: int
    reviewed: int
    nominated: int
    added: int
    removed: int
    missing: int


def missing(projects: Iterable[Project], nominate: Collection[str], left: Collection[str]) -> list[Project]:
    """Those that could be nominated, and that the list neither nominates nor leaves out."""
    decided = {*nominate, *left}
    return [row for row in projects if row["state"] == SUBMITTED and row["_id"] not in decided]


def by_category(
    projects: Sequence[Project],
    means: Mapping[str, float],
    nominate: Collection[str],
    left: Collection[str],
    former: Collection[str],
) -> list[Difference]:
    """Each category with its projects, what the list adds to the one before and leaves out of it, and what it lacks."""
    lacking = {project["_id"] for project in missing(projects, nominate, left)}
    rows: dict[str, Difference] = {}
    for project in projects:
        id, category = project["_id"], project["category"]
        empty: Difference = {
            "category": category,
            "projects": 0,
            "reviewed": 0,
            "nominated": 0,
            "added": 0,
            "removed": 0,
            "missing": 0,
        }
        row = rows.setdefault(category, empty)
        row["projects"] += 1
        row["reviewed"] += id in means
        row["nominated"] += id in nominate
        row["added"] += id in nominate and id not in former
        row["removed"] += id in former and id not in nominate
        row["missing"] += id in lacking
    return [rows[category] for category in sorted(rows)]


def ranked(projects: Sequence[Project], scores: Mapping[str, Scores]) -> list[tuple[int | None, Project, Scores]]:
    """(rank, project, scores), the highest mean first; equal means have one rank, a project without a finished review
    has none."""
    rows = [(project, scores.get(project["_id"], NO_SCORES)) for project in projects]
    rows.sort(key=lambda row: (-(row[1]["mean"] or 0.0), row[0]["number"]))
    means = [row[1]["mean"] for row in rows]
    return [(None if mean is None else 1 + means.index(mean), *row) for mean, row in zip(means, rows, strict=True)]


def _reason(code: str, text: str | None = None, mean: float | None = None) -> Outcome:
    return {"code": code, "text": text, "mean": None if mean is None else round(mean, 2)}


# Lists of nominees in one of 64 fixed orders: random to a voter, the same each time, and few enough to be cached.
ORDERS = 64


def arranged(ids: Sequence[str], edition: str, category: str, order: int) -> list[str]:
    """A permutation of `ids` that depends on nothing but its arguments. Each id has its own place by hash, so that a
    project that leaves does not disturb the order of the others."""
    return sorted(ids, key=lambda id: (_place(edition, category, order, id), id))


def _place(*parts: object) -> bytes:
    return hashlib.blake2b("|".join(map(str, parts)).encode(), digest_size=16).digest()
