"""The figures of a play, each counted from what the API and the mail catcher say, and the check that they fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wsis_demo.play import Play, wait_while_it_moves

WITHDRAWN = "withdrawn"
LOOKED_AT = 500  # accounts whose mails are compared one by one
RETRY = 100.0  # seconds without a further mail: a mail whose first try failed comes half a minute, then a minute later


@dataclass(frozen=True)
class Figures:
    """What the last line tells."""

    submitted: int
    nominated: int
    voters: int
    votes_cast: int
    votes_counted: int
    finalists: int
    winners: int
    champions: int
    mails_delivered: int
    mails_expected: int

    def line(self, edition: str) -> str:
        """All in one line."""
        told = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in vars(self).items())
        return f"edition {edition}: {told}"


def wait_for_mails(play: Play) -> int:
    """Wait until notifications has sent all mail; return the number of mails received."""
    wait_while_it_moves(lambda: is_quiet(play), play.suite.mailbox.total, RETRY)
    return play.suite.mailbox.total()


def count(play: Play, began: datetime) -> tuple[Figures, list[str]]:
    """The figures, and what does not fit, in words."""
    officer, visitor, path = play.officer, play.suite.visitor, play.path
    states = Counter(row["state"] for row in play.projects())
    nominees = [row["project"] for row in visitor.each(f"{path}/nominees")]
    voting, turnout, tally = visitor.get(f"{path}/voting"), officer.get(f"{path}/turnout"), officer.get(f"{path}/tally")
    finalists = [row["project"] for rows in officer.get(f"{path}/finalists")["items"] for row in rows["finalists"]]
    shown = list(visitor.each(f"{path}/champions"))
    winners = [row["project"] for row in visitor.each(f"{path}/winners")]
    by_project = tally["projects"]
    totals = voting["totals"] or {"votes_cast": -1, "votes_counted": -1, "ballots_complete": -1}
    some = _of_some(play, began)
    caught = [mail["headers"].get("Message-ID", "").strip() for mail in play.suite.mailbox.each()]
    expected, misfits = _mails(play)
    figures = Figures(
        submitted=sum(states.values()) - states[WITHDRAWN],
        nominated=len(nominees),
        voters=turnout["started"],
        votes_cast=totals["votes_cast"],
        votes_counted=totals["votes_counted"],
        finalists=len(finalists),
        winners=len(winners),
        champions=sum(not row["winner"] for row in shown),
        mails_delivered=len(caught),
        mails_expected=expected,
    )
    of, out = voting["categories"], officer.get(f"{path}/review/summary")["complete_excluded"]
    complete = totals["ballots_complete"]
    decided = states["nominated"] + states["not_nominated"] + states["ineligible"]
    misfits += _unequal(
        ("submitted, and nominated + not nominated + ineligible", figures.submitted, decided),
        ("nominated projects, and nominees that the public reads", states["nominated"], figures.nominated),
        ("voters who took part, and ballots of the tally", figures.voters, tally["ballots"]["started"]),
        ("votes cast, and votes answered as stored", figures.votes_cast, play.accepted["stored"]),
        ("votes cast, and the sum over projects", figures.votes_cast, sum(row["cast"] for row in by_project)),
        ("votes cast, and the turnout", figures.votes_cast, turnout["votes"]),
        (f"votes counted, and {of} x complete ballots that are valid", figures.votes_counted, of * (complete - out)),
        ("votes counted, and the sum over projects", figures.votes_counted, sum(row["counted"] for row in by_project)),
        ("complete ballots, and the turnout", complete, turnout["complete"]),
        ("finalists, and winners + champions", figures.finalists, figures.winners + figures.champions),
        ("finalists, and those announced", set(finalists), {row["project"] for row in shown}),
        ("winners, and finalists marked as winners", set(winners), {row["project"] for row in shown if row["winner"]}),
        ("mails delivered, and mails expected", figures.mails_delivered, expected),
        ("mails delivered, and different mails", len(caught), len(set(caught))),
        ("mails in the catcher, and mails that the ledger calls sent", len(caught), play.sent()),
        ("mails to some accounts on the ledger, and of these in the catcher", some, some & set(caught)),
    )
    if not winners or not set(winners) <= set(nominees):
        misfits.append("winners who are not nominees, or none")
    if any("mails" in misfit for misfit in misfits):
        misfits += _not_sent(play)
    return figures, misfits


def _not_sent(play: Play) -> list[str]:
    """The mails of the suite that were not sent, by template and state, those before the play too."""
    rows = play.officer.get("/v1/deliveries/figures")["templates"]
    return [f"{row['count']} {row['template']} {row['state']}" for row in rows if row["state"] != "sent"]


def _mails(play: Play) -> tuple[int, list[str]]:
    """Mails that answers imply, less those that nobody was there to receive; and templates that differ."""
    wanted, ledger = play.expected(), play.ledger()
    misfits = _unequal(
        *(
            (f"mails of {template} that answers imply, and on the ledger", wanted[template], ledger[template])
            for template in sorted(wanted.keys() | ledger.keys())
        )
    )
    skipped = sum(
        1 for account in play.gone for _ in play.officer.each("/v1/deliveries", account=account, state="skipped")
    )
    skipped += play.skipped_ballot_mails()
    return wanted.total() - skipped, misfits


def _of_some(play: Play, began: datetime) -> set[str]:
    """Message-IDs of what the ledger calls sent to some accounts (to all where there are few) since the play began."""
    accounts = [row["account"] for row in play.officer.each("/v1/accounts", state="active")]

    def of(account: str) -> list[str]:
        rows = play.officer.each("/v1/deliveries", account=account, state="sent")
        return [row["message_id"] for row in rows if datetime.fromisoformat(row["at"]) >= began]

    some = play.dice.sample(accounts, min(LOOKED_AT, len(accounts)))
    return {id for ids in play.all(of, some) for id in ids}


def is_quiet(play: Play) -> bool:
    told = play.officer.get("/v1/deliveries/figures")
    waiting = sum(row["queued"] + row["sending"] for row in told["priorities"])
    known = play.ledger().total() >= play.expected().total()
    sending = any(row["state"] in ("scheduled", "sending") for row in play.officer.each("/v1/campaigns"))
    return known and not waiting and not told["expanding"] and not sending


def _unequal(*pairs: tuple[str, Any, Any]) -> list[str]:
    return [f"{what}: {_shown(left)} and {_shown(right)}" for what, left, right in pairs if left != right]


def _shown(value: Any) -> Any:
    return f"{len(value)} different" if isinstance(value, Collection) else value
