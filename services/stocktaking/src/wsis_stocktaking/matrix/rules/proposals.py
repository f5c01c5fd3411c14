"""Proposals: patches of one action line that an agency asks for, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypedDict

from wsis_shared import reference
from wsis_shared.errors import Conflict

from wsis_stocktaking.matrix import errors
from wsis_stocktaking.matrix.rules.patches import Change, Key, LinkSource, MatrixLink, Patch, key

OPEN, ACCEPTED, REJECTED, WITHDRAWN, PUBLISHED = STATES = ("open", "accepted", "rejected", "withdrawn", "published")
DECISIONS = (ACCEPTED, REJECTED)
PENDING = (OPEN, ACCEPTED)
MAX_PENDING = 20  # proposals of one agency about one line
ADD, CHANGE, REMOVE = ACTIONS = ("add", "change", "remove")


class WantedChange(TypedDict):
    """A change as an agency asks for it."""

    sdg: int
    action: str
    targets: list[str]
    goal_level: bool
    rationale: dict[str, str] | None


class LinkChange(TypedDict):
    """A change beside the link that there is."""

    sdg: int
    action: str
    before: MatrixLink | None
    after: MatrixLink | None


class Decision(TypedDict):
    """Of an officer."""

    at: datetime
    by: str
    reason: str


class Proposal(TypedDict):
    """A patch of one action line that an agency (None: the secretariat) asks for. `base` is the version that it was
    written for, `published_in` the one that has it."""

    _id: str
    line: str
    agency: str | None
    by: str | None
    state: str
    justification: str
    base: int
    changes: list[LinkChange]
    created_at: datetime
    decision: Decision | None
    published_in: int | None


class Clash(TypedDict):
    """Another pending proposal that touches the same links."""

    proposal: str
    state: str
    sdgs: list[int]


def lines_of_agency(agency: str | None) -> list[str]:
    """The action lines that an agency leads or co-facilitates, in their order."""
    return [
        line.code
        for line in reference.action_lines()
        if any(one.slug == agency for one in reference.agencies_of_line(line.code))
    ]


def changes_of(line: str, links: Iterable[MatrixLink], wanted: Sequence[WantedChange]) -> list[LinkChange]:
    """What is wanted, beside the links that there are. Raises Invalid with the position of what does not fit."""
    known = {link["sdg"]: link for link in links if link["line"] == line}
    made: list[LinkChange] = []
    for position, change in enumerate(wanted):
        before = known.get(change["sdg"])
        if (before is None) != (change["action"] == ADD):
            raise errors.link_exists(position) if change["action"] == ADD else errors.link_missing(position)
        after = None if change["action"] == REMOVE else _link(line, change, before)
        if before and after and _said(before) == _said(after):
            raise errors.link_unchanged(position)
        made.append({"sdg": change["sdg"], "action": change["action"], "before": before, "after": after})
    return made


def _link(line: str, change: WantedChange, before: MatrixLink | None) -> MatrixLink:
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


def _said(link: MatrixLink) -> tuple[object, ...]:
    """What a proposal may change."""
    return link["targets"], link["goal_level"], link["rationale"]


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


def clashes(proposal: Proposal, others: Iterable[Proposal]) -> list[Clash]:
    """Other pending proposals that touch links which this one touches."""
    mine = {change["sdg"] for change in proposal["changes"]}
    found: list[Clash] = []
    for other in others:
        if other["_id"] != proposal["_id"] and other["line"] == proposal["line"] and other["state"] in PENDING:
            both = sorted(mine & {change["sdg"] for change in other["changes"]})
            if both:
                found.append({"proposal": other["_id"], "state": other["state"], "sdgs": both})
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
        source: LinkSource = {"version": number, "agency": proposal["agency"]}
        for change in proposal["changes"]:
            place = proposal["line"], change["sdg"]
            if place in owner:
                raise Conflict("stocktaking.matrix_proposals_clash", proposal=proposal["_id"], other=owner[place])
            after: MatrixLink | None = {**change["after"], "source": source} if change["after"] else None
            patch[place], owner[place] = Change(change["before"], after), proposal["_id"]
    return patch
