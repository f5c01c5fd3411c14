"""What voters and officers are told: decisions turned into responses."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from wsis_shared import reference
from wsis_shared.errors import SuiteError
from wsis_shared.json_types import JsonObject

from wsis_voting.ballots import errors
from wsis_voting.ballots.rules.ballots import (
    REFUSED,
    STORED,
    Ballot,
    CommandResult,
    Item,
    VoteKey,
    VoteRequest,
    progress,
)
from wsis_voting.contests.errors import contest_not_loaded
from wsis_voting.contests.rules.contest import Contest
from wsis_voting.keys.rules import Receipt
from wsis_voting.sentences import text
from wsis_voting.settings import Settings

if TYPE_CHECKING:
    from wsis_shared.bus import Command

ORDERS = 64  # permutations in which prizes can show nominees


def request_of(command: Command) -> VoteRequest:
    """A command as the rules know it. The gateway has validated it; what is of another shape is dead-lettered."""
    actor, body = command.context.actor, command.body
    votes = body.get("votes") or [body]
    return VoteRequest(
        command.id,
        str(command.args["edition"]),
        str(actor.id),
        actor.known and actor.has("member"),
        command.context.received_at,
        tuple((str(vote["category"]), str(vote["project"])) for vote in votes),
    )


def accounts_of(requests: Iterable[VoteRequest]) -> dict[str, set[str]]:
    """Edition -> the accounts that vote there."""
    accounts = defaultdict[str, set[str]](set)
    for request in requests:
        accounts[request.edition].add(request.account)
    return accounts


class Exclusion(TypedDict):
    """On which ground a ballot is excluded, its name, and whom to write to."""

    ground: str
    reason: str
    contact: str


Receipts = Mapping[VoteKey, Receipt]


def outcome(
    result: CommandResult, contest: Contest | None, command: Command, away: bool, receipts: Receipts
) -> JsonObject | SuiteError:
    """The outcome of a command: of one vote, or of a ballot (where none of the votes stands, its first refusal)."""
    items, request = result.items, result.request
    if contest is None or all(item.result == REFUSED for item in items):
        return _refusal(items, request, contest, away)
    response = progress_of(contest, result.ballot, request.received_at, command.context.locale)
    response["repeated"] = any(item.result != STORED for item in items)
    if response["repeated"]:
        response["status"] = 200  # the gateway's word for it; else it answers the route's 201
    if command.body.get("votes"):
        return {**response, "votes": results(items, result.ballot, receipts)}
    receipt = receipts.get((*result.ballot.key, items[0].category))
    return {**response, "category": items[0].category, "project": request.votes[0][1], "receipt": receipt}


def _refusal(items: tuple[Item, ...], request: VoteRequest, contest: Contest | None, away: bool) -> SuiteError:
    if contest is None and away:
        return contest_not_loaded(request.edition)
    first = items[0]
    return errors.refusal(
        first.code,
        edition=request.edition,
        category=first.category,
        opens_at=contest.opens_at if contest else None,
        closes_at=contest.closes_at if contest else None,
    )


def results(items: tuple[Item, ...], ballot: Ballot, receipts: Receipts) -> list[JsonObject]:
    """What became of each vote, without the choices."""
    return [
        {
            "category": item.category,
            "result": item.result,
            "code": item.code or None,
            "receipt": None if item.result == REFUSED else receipts.get((*ballot.key, item.category)),
        }
        for item in items
    ]


def accepted(results: Iterable[CommandResult]) -> list[VoteKey]:
    """The votes that have a receipt: all that were not refused."""
    return [(*each.ballot.key, item.category) for each in results for item in each.items if item.result != REFUSED]


def progress_of(contest: Contest, ballot: Ballot, now: datetime, locale: str) -> dict[str, object]:
    """How far a ballot is, with the sentence that says it."""
    key, figures = progress(contest, ballot, now)
    excluded = exclusion(ballot.excluded, locale)
    return {
        "edition": contest.edition,
        **figures,
        "complete": ballot.complete_at is not None,
        "excluded": excluded,
        "message": text("excluded", locale, **figures, **excluded) if excluded else text(key, locale, **figures),
    }


def exclusion(ground: str, locale: str) -> Exclusion | None:
    """What a voter reads of the ground on which their ballot is excluded: its name, and whom to write to. None where
    it counts. The signs that led to it are not told: they would teach the next farm of accounts."""
    if not ground:
        return None
    return {"ground": ground, "reason": text(f"ground_{ground}", locale), "contact": Settings.current().review_contact}


def order_of(edition: str, account: str) -> int:
    """The order in which this voter sees nominees: random among voters, always the same for one."""
    return hashlib.sha256(f"order|{edition}|{account}".encode()).digest()[0] % ORDERS


def number_of(category: str) -> int:
    """The number of the action line."""
    return reference.action_line(category).number
