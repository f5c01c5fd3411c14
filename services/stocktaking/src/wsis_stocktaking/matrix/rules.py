"""Links of the matrix, and patches of them. A version is a list of links; a patch leads from one version to another.

A link: {"line": "C7.e-agriculture", "sdg": 2, "targets": ["2.3"], "goal_level": False, "rationale": {"en": "..."} or
None, "note": a remark on the source or None, "source": {"version": 1, "agency": "fao" or None}}.
`goal_level`: the line supports the goal as a whole, with or without single targets. `source`: the version since which
the link is as it is, and the agency that proposed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from wsis_shared import reference
from wsis_shared.errors import Conflict

from wsis_stocktaking.matrix import errors

MatrixLink = dict[str, Any]
Key = tuple[str, int]
FIRST = 1
"""The number of the first version."""


class Change(NamedTuple):
    """A link before and after; None where there is none."""

    before: MatrixLink | None
    after: MatrixLink | None


Patch = Mapping[Key, Change]


def key(link: MatrixLink) -> Key:
    """The line and the goal: a matrix has at most one link of the two."""
    return link["line"], link["sdg"]


def in_order(links: Iterable[MatrixLink]) -> list[MatrixLink]:
    """By action line, then by goal."""
    numbers = {line.code: line.number for line in reference.action_lines()}
    return sorted(links, key=lambda link: (numbers[link["line"]], link["sdg"]))


def first_version() -> dict[str, Any]:
    """The matrix of June 2015, as the suite delivers it: {"_id", "valid_from", "links", ...}."""
    matrix = reference.matrix(date(2015, 12, 31))
    links = [
        {
            "line": link.line,
            "sdg": link.sdg,
            "targets": list(link.targets),
            "goal_level": link.goal_level,
            "rationale": None,
            "note": link.note,
            "source": {"version": FIRST, "agency": None},
        }
        for link in matrix.links
    ]
    return new_version(FIRST, matrix.valid_from, links, {key(link): Change(None, link) for link in links})


def new_version(number: int, valid_from: date, links: Sequence[MatrixLink], patch: Patch) -> dict[str, Any]:
    """A version: its number is `_id`; `added`, `changed` and `removed` are numbers of links; `lines` are those of
    them."""
    changed_lines = {line for line, _ in patch}
    return {
        "_id": number,
        "valid_from": valid_from.isoformat(),
        "links": in_order(links),
        **counts(patch),
        "lines": [line.code for line in reference.action_lines() if line.code in changed_lines],
        "note": None,
        "proposals": [],
    }


def in_force(versions: Iterable[Mapping[str, Any]], day: date) -> Mapping[str, Any] | None:
    """The version in force on a day, the later one of two that begin on the same day; None before the first."""
    begun = [version for version in versions if version["valid_from"] <= day.isoformat()]
    return max(begun, key=lambda version: (version["valid_from"], version["_id"]), default=None)


def between(before: Iterable[MatrixLink], after: Iterable[MatrixLink]) -> Patch:
    """The patch that leads from one list of links to the other."""
    old, new = {key(link): link for link in before}, {key(link): link for link in after}
    return {
        key(link): Change(old.get(key(link)), new.get(key(link)))
        for link in in_order({**old, **new}.values())
        if old.get(key(link)) != new.get(key(link))
    }


def apply(links: Iterable[MatrixLink], patch: Patch) -> list[MatrixLink]:
    """The links after a patch. Raises Conflict where a link is not as the patch expects it."""
    changed = {key(link): link for link in links}
    for place, change in patch.items():
        if changed.get(place) != change.before:
            raise errors.link_changed(*place)
        if change.after is None:
            del changed[place]
        else:
            changed[place] = change.after
    return in_order(changed.values())


def inverse(patch: Patch) -> Patch:
    """The patch that undoes another."""
    return {place: Change(change.after, change.before) for place, change in patch.items()}


def counts(patch: Patch) -> dict[str, int]:
    """How many links a patch adds, changes and removes."""
    added = sum(change.before is None for change in patch.values())
    removed = sum(change.after is None for change in patch.values())
    return {"added": added, "changed": len(patch) - added - removed, "removed": removed}


def pairs(links: Iterable[MatrixLink]) -> frozenset[Key]:
    """Lines with their goals."""
    return frozenset(key(link) for link in links)


# Proposals: patches of one action line that an agency asks for, and what becomes of them.
#
# A proposal: {"_id", "line", "agency": slug, or None from the secretariat, "by": account or None, "state",
# "justification", "base": the number of the version that it was written for,
# "changes": [{"sdg", "action", "before", "after"}], "created_at", "decision": {"at", "by", "reason"} or None,
# "published_in": the number of a version or None}.


Proposal = dict[str, Any]

OPEN, ACCEPTED, REJECTED, WITHDRAWN, PUBLISHED = STATES = ("open", "accepted", "rejected", "withdrawn", "published")
DECISIONS = (ACCEPTED, REJECTED)
PENDING = (OPEN, ACCEPTED)
MAX_PENDING = 20  # proposals of one agency about one line
ADD, CHANGE, REMOVE = ACTIONS = ("add", "change", "remove")


def lines_of_agency(agency: str | None) -> list[str]:
    """The action lines that an agency leads or co-facilitates, in their order."""
    return [
        line.code
        for line in reference.action_lines()
        if any(one.slug == agency for one in reference.agencies_of_line(line.code))
    ]


def changes_of(line: str, links: Iterable[MatrixLink], wanted: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is wanted, {"sdg", "action", "targets", "goal_level", "rationale"} each, beside the links that there are.
    Raises Invalid with the position of what does not fit."""
    known = {link["sdg"]: link for link in links if link["line"] == line}
    made = []
    for position, change in enumerate(wanted):
        before = known.get(change["sdg"])
        if (before is None) != (change["action"] == ADD):
            raise errors.link_exists(position) if change["action"] == ADD else errors.link_missing(position)
        after = None if change["action"] == REMOVE else _link(line, change, before)
        if before and after and all(before[name] == after[name] for name in ("targets", "goal_level", "rationale")):
            raise errors.link_unchanged(position)
        made.append({"sdg": change["sdg"], "action": change["action"], "before": before, "after": after})
    return made


def _link(line: str, change: dict[str, Any], before: MatrixLink | None) -> MatrixLink:
    order = {code: place for place, code in enumerate(reference.sdg(change["sdg"]).targets)}
    return {
        "line": line,
        "sdg": change["sdg"],
        "targets": sorted(set(change["targets"]), key=order.__getitem__),
        "goal_level": change["goal_level"],
        "rationale": change["rationale"],
        "note": None,
        "source": before["source"] if before else None,
    }


def withdraw(proposal: Proposal) -> Proposal:
    """The proposal after its author withdrew it. Raises Conflict once it is rejected or published."""
    return _moved(proposal, WITHDRAWN)


def decide(proposal: Proposal, state: str, reason: str, by: str, at: datetime) -> Proposal:
    """The proposal after the decision of an officer, which may still replace a former one. Raises Conflict."""
    return {**_moved(proposal, state), "decision": {"at": at, "by": by, "reason": reason}}


def publish(proposal: Proposal, number: int) -> Proposal:
    """The proposal as a part of a version."""
    return {**proposal, "state": PUBLISHED, "published_in": number}


def _moved(proposal: Proposal, state: str) -> Proposal:
    final = {WITHDRAWN, PUBLISHED, *([REJECTED] if state == WITHDRAWN else [])}
    if proposal["state"] in final or proposal["state"] == state:
        raise Conflict("stocktaking.matrix_proposal_closed", proposal=proposal["_id"], state=proposal["state"])
    return {**proposal, "state": state}


def clashes(proposal: Proposal, others: Iterable[Proposal]) -> list[dict[str, Any]]:
    """Other pending proposals that touch links which this one touches: [{"proposal", "state", "sdgs"}]."""
    mine = {change["sdg"] for change in proposal["changes"]}
    found = []
    for other in others:
        if other["_id"] != proposal["_id"] and other["line"] == proposal["line"] and other["state"] in PENDING:
            both = sorted(mine & {change["sdg"] for change in other["changes"]})
            found += [{"proposal": other["_id"], "state": other["state"], "sdgs": both}] if both else []
    return found


def outdated(proposal: Proposal, links: Iterable[MatrixLink]) -> list[int]:
    """The goals whose link is no longer what the proposal was written for."""
    now = {key(link): link for link in links}
    return [
        change["sdg"]
        for change in proposal["changes"]
        if now.get((proposal["line"], change["sdg"])) != change["before"]
    ]


def merged(proposals: Iterable[Proposal], number: int) -> Patch:
    """One patch of several proposals, for the version `number`. Raises Conflict where two touch one link."""
    patch: dict[Key, Change] = {}
    owner: dict[Key, str] = {}
    for proposal in proposals:
        source = {"version": number, "agency": proposal["agency"]}
        for change in proposal["changes"]:
            place = proposal["line"], change["sdg"]
            if place in owner:
                raise Conflict("stocktaking.matrix_proposals_clash", proposal=proposal["_id"], other=owner[place])
            after = {**change["after"], "source": source} if change["after"] else None
            patch[place], owner[place] = Change(change["before"], after), proposal["_id"]
    return patch


# Evidence: how many entries, prize projects and sessions of the Forum support each link.


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


def beside(links: Iterable[MatrixLink], counts: Mapping[Key, Counts]) -> list[dict[str, Any]]:
    """The links, each with its counts."""
    return [{**link, "evidence": counts.get(key(link), NONE)} for link in links]


def without_link(links: Iterable[MatrixLink], counts: Mapping[Key, Counts]) -> list[dict[str, Any]]:
    """Lines and goals with evidence that the matrix does not link."""
    known = {key(link) for link in links}
    rows = [{"line": line, "sdg": sdg, **each} for (line, sdg), each in counts.items() if (line, sdg) not in known]
    return in_order(rows)
