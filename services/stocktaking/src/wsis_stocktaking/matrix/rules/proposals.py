"""Proposals: patches of one action line that an agency asks for, and what becomes of them.

A proposal: {"_id", "line", "agency": slug, or None from the secretariat, "by": account or None, "state",
"justification", "base": the number of the version that it was written for,
"changes": [{"sdg", "action", "before", "after"}], "created_at", "decision": {"at", "by", "reason"} or None,
"published_in": the number of a version or None}.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from wsis_shared import reference

from wsis_stocktaking.matrix import errors
from wsis_stocktaking.matrix.rules.links import Change, Key, MatrixLink, Patch, key

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
        raise errors.proposal_closed(proposal["_id"], proposal["state"])
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
                raise errors.proposals_clash(proposal["_id"], owner[place])
            after = {**change["after"], "source": source} if change["after"] else None
            patch[place], owner[place] = Change(change["before"], after), proposal["_id"]
    return patch
