"""The life of a contest: announced, opened, closed, sealed, certified, shredded; and what holds its certification.

Each transition is a pure function of the stored document and what happens to it, and returns the changed document.
`Contests.change` stores it. Beside them a recorder that joins counts itself in the contest (`Contests.join`).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from wsis_shared.errors import Conflict
from wsis_shared.json_types import Input

from wsis_voting.contests.rules.contest import (
    CertificationRequest,
    Contest,
    ContestDocument,
    ExcludedFigures,
    State,
    Window,
)

# -- what prizes says --------------------------------------------------------------------------------------------------


def nominees_changed(document: ContestDocument) -> ContestDocument:
    """Fewer categories can make ballots complete: the timer looks through them."""
    return document | {"roster": document.get("roster", 0) + 1, "ballots_to_check": True}


def with_rule(document: ContestDocument, rule: Input) -> ContestDocument:
    """How finalists follow from the tally: prizes decides, the published result repeats it for whoever counts again."""
    changed = document.copy()
    if "finalists_per_category" in rule:
        changed["places"] = rule["finalists_per_category"]
    if "tie_rule" in rule:
        changed["tie_rule"] = rule["tie_rule"]
    return changed


def with_window(document: ContestDocument, window: Window, now: datetime) -> ContestDocument:
    """The window that prizes tells of. A later close reopens what has closed. Raises already_certified where a
    certified contest would get another window."""
    if window.items() <= document.items():
        return document
    if document.get("certified_at"):
        raise Conflict("voting.already_certified", edition=document["_id"])
    closes_at = window["closes_at"]
    changed = document | {
        "opens_at": window["opens_at"],
        "closes_at": closes_at,
        "every_category": window["every_category"],
    }
    if closes_at is not None and closes_at > now:
        changed |= {"sealed": None, "disagreed": None, "certification": None}
    return changed


# -- by the clock ------------------------------------------------------------------------------------------------------


class Announcement(StrEnum):
    """What is published of a contest."""

    OPENED = "opened"
    REOPENED = "reopened"
    CLOSED = "closed"


def announce(document: ContestDocument, state: State) -> tuple[ContestDocument, Announcement | None]:
    """Open, reopen or close by the `state` that the clock says; None where that is announced already."""
    before = document.get("announced", State.NOT_OPEN)
    if state not in (State.OPEN, State.CLOSED) or state == before:
        return document, None
    if state is State.CLOSED:
        announcement = Announcement.CLOSED
    else:
        announcement = Announcement.REOPENED if before == State.CLOSED else Announcement.OPENED
    return document | {"announced": str(state)}, announcement


def ballots_checked(document: ContestDocument, roster: int | None) -> ContestDocument:
    """The ballots were looked through with that version of the nominees."""
    return document | {"ballots_to_check": document.get("roster") != roster}


# -- the review of fraud -----------------------------------------------------------------------------------------------


def begin_scan(document: ContestDocument, now: datetime) -> ContestDocument:
    """A scan for clusters begins."""
    return document | {"looking_at": now}


def end_scan(document: ContestDocument, began_at: datetime, held: int) -> ContestDocument:
    """What it found is stored; `held` clusters are to be decided on before the certification."""
    return document | {"looked_at": began_at, "held": held}


def begin_decision(document: ContestDocument, decision: str, held: int) -> ContestDocument:
    """A decision is being applied: the count is not sealed meanwhile, and no other decision begins."""
    return document | {"deciding": decision, "held": held}


def end_decision(document: ContestDocument, decision: str, held: int, excluded: ExcludedFigures) -> ContestDocument:
    """It is applied; `excluded` is all that is excluded now."""
    return document | {"deciding": None, "decided_last": decision, "held": held, "excluded_then": excluded}


# -- certification -----------------------------------------------------------------------------------------------------


def request_certification(document: ContestDocument, request: CertificationRequest) -> ContestDocument:
    """An officer asks for it."""
    return document | {"certification": request}


class Rules(NamedTuple):
    """What an operator sets of the certification: without an officer or not, after a review or not, and how long after
    the close."""

    automatic: bool
    review: bool
    grace: timedelta


class Wait(StrEnum):
    """What a certification waits for: a repair of exclusions, an officer where counters and votes differ or where
    nothing is certified without one, a decision that is being applied, operators while there are dead letters."""

    CLOSE = "close"
    REPAIR = "repair"
    DISAGREEMENT = "disagreement"
    OFFICER = "officer"
    REVIEW = "review"
    DECISION = "decision"
    GRACE = "late_votes"
    DEAD_LETTERS = "dead_letters"


def waits(document: ContestDocument, contest: Contest, now: datetime, rules: Rules) -> list[Wait]:
    """All that the certification of a contest still waits for, but for dead letters, which the broker has. Empty where
    its votes may be counted. The request of an officer overrides a disagreement and the review, where they held then.
    """
    if contest.state(now) is not State.CLOSED or contest.closes_at is None:
        return [Wait.CLOSE]
    disagreed = document.get("disagreed") and not overrides(document, Wait.DISAGREEMENT)
    unaccounted = document.get("unaccounted")
    in_review = rules.review and not contest.sealed and (document.get("held") or to_scan(document, contest))
    held = {
        Wait.REPAIR: disagreed and unaccounted,
        Wait.DISAGREEMENT: disagreed and not unaccounted,
        Wait.OFFICER: not document.get("certification") and not rules.automatic,
        Wait.REVIEW: in_review and not overrides(document, Wait.REVIEW),
        Wait.DECISION: document.get("deciding"),
        Wait.GRACE: now < contest.closes_at + rules.grace,
    }
    return [wait for wait, holds in held.items() if holds]


def overrides(document: ContestDocument, wait: Wait) -> bool:
    """Does the request of an officer override it?"""
    request = document.get("certification")
    return request is not None and wait in request.get("overrides", Wait)


def dead_letters_hold(document: ContestDocument, number: int) -> bool:
    """Do so many dead letters hold it? Those that came after the request of an officer do."""
    request = document.get("certification")
    return number > (request.get("dead_letters", number) if request else 0)


def to_scan(document: ContestDocument, contest: Contest) -> bool:
    """Has no scan begun since the close?"""
    looked_at = document.get("looked_at")
    return contest.closes_at is not None and (looked_at is None or looked_at < contest.closes_at)


def may_seal(document: ContestDocument, contest: Contest, closed: Contest) -> bool:
    """Is the contest still the one that has `closed`? Not while a decision of the review is being applied."""
    return not document.get("deciding") and contest.rules() == closed.rules()


def seal(document: ContestDocument) -> ContestDocument:
    """Nobody adds to the count any more."""
    return document | {"sealed": True}


def has_dead_letters(document: ContestDocument) -> bool:
    """Do messages wait for an operator?"""
    return bool(document.get("parked"))


def dead_lettered(document: ContestDocument, waiting: bool) -> ContestDocument:
    """Messages wait for an operator, or do not any more: one may be a vote that was accepted with 202."""
    return document | {"parked": waiting}


def disagree(document: ContestDocument) -> ContestDocument:
    """Counters and votes do not agree: an officer asks for the certification in spite of that, or nobody does. Whoever
    asked before did not know of it."""
    return document | {"disagreed": True, "certification": None}


def hold(document: ContestDocument, unaccounted: int) -> ContestDocument:
    """So many flags and figures of exclusions have no decision: nothing is certified until they are repaired, whoever
    asks."""
    return document | {"disagreed": True, "certification": None, "unaccounted": unaccounted}


def repair(document: ContestDocument) -> ContestDocument:
    """Flags and counters are as votes and decisions say."""
    return document | {"disagreed": False, "unaccounted": 0}


def may_certify(contest: Contest, counted: Contest) -> bool:
    """Is the contest still the one that was `counted`? Prizes may have moved its window meanwhile, or have disqualified
    a nominee, and the next turn counts by what holds then."""
    return contest.sealed and not contest.certified and contest.rules() == counted.rules()


def certify(document: ContestDocument, now: datetime) -> ContestDocument:
    """The tally holds for good."""
    return document | {"certified_at": now, "certification": None}


def shred(document: ContestDocument, now: datetime) -> ContestDocument:
    """Its key is destroyed: nobody finds the votes of an account any more."""
    return document | {"shredded_at": now}
