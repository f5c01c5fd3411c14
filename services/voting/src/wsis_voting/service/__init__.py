"""Entrypoints: load, decide, store, answer."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from typing import Any

from wsis_shared import audit, clock, context, inbox, reference
from wsis_shared.bus import Command, Dependency, Service, ServiceClient, command, every, job, rpc, subscribe
from wsis_shared.erasure import Erasure
from wsis_shared.errors import Conflict, SuiteError
from wsis_shared.jobs.run import Finish, Run
from wsis_shared.mongo import in_transaction

from wsis_voting import domain, errors
from wsis_voting.domain import Ballot, Contest, State
from wsis_voting.domain.ballots import BallotKey
from wsis_voting.domain.receipts import canonical
from wsis_voting.service import answers
from wsis_voting.service.announced import Announced
from wsis_voting.service.closing import Closing
from wsis_voting.service.decisions import DecisionApi
from wsis_voting.service.live import LiveCalls
from wsis_voting.service.public_log import LogCalls
from wsis_voting.service.review import ERASED
from wsis_voting.service.scans import ScanApi
from wsis_voting.settings import Settings
from wsis_voting.store import (
    Ballots,
    Contests,
    Counters,
    Log,
    Looks,
    Lookup,
    Recorders,
    Registrations,
    Results,
    Tallies,
)
from wsis_voting.store.ballots import NOWHERE

_log = logging.getLogger(__name__)


class VotingService(LogCalls, LiveCalls, ScanApi, DecisionApi, Service):
    """Public online voting."""

    name = "voting"
    max_in_flight = 3  # many readers at once would take turns with the one who records
    shows_dead_letters = False  # a vote is secret
    max_jobs_in_flight = 3  # a scan beside votes takes minutes: a decision and a recount must not wait for it
    contests = Dependency(Contests)
    ballots = Dependency(Ballots)
    counters = Dependency(Counters)
    recorders = Dependency(Recorders)
    registrations = Dependency(Registrations)
    tallies = Dependency(Tallies)
    log = Dependency(Log)
    results = Dependency(Results)
    lookup = Dependency(lambda db: Lookup(Log(db)))
    looks = Dependency(Looks)
    prizes = ServiceClient("prizes", "contest", timeout=2.0)

    # -- votes -------------------------------------------------------------------------------------------------------

    @command("edition", batch=500, min_interval=0.03)
    def cast(self, commands: Sequence[Command]) -> list[dict[str, Any] | SuiteError]:
        """Decide on votes, and store all that stands in one transaction."""
        wishes, announced = [answers.wish_of(each) for each in commands], self._announced()
        with self.recorders.batch([wish.received_at for wish in wishes], sum(len(wish.votes) for wish in wishes)):
            contests, ballots = dict[str, Contest | None](), dict[BallotKey, Ballot]()
            for edition, accounts in answers.accounts_of(wishes).items():
                stored, of_edition = self.ballots.read_with_contest(edition, accounts)
                contests[edition] = announced.known(edition, stored)
                if stored is None:  # prizes has told of it just now
                    of_edition = self.ballots.read(edition, accounts)
                ballots |= of_edition
            known = {edition: contest for edition, contest in contests.items() if contest is not None}
            choices = self.ballots.choices(domain.needed(wishes, known, ballots))
            decisions = domain.decide(wishes, known, ballots, choices)
            self._closing().record(decisions)
            receipts = self.ballots.receipts(answers.standing(decisions.settled), decisions.committed)
            return [
                answers.outcome(
                    settled, contests[settled.wish.edition], each, announced.away(settled.wish.edition), receipts
                )
                for settled, each in zip(decisions.settled, commands, strict=True)
            ]

    @rpc
    def read_ballot(self, edition: str) -> dict[str, Any]:
        """The caller's ballot, with the choices that only the caller may see."""
        ctx = context.current()
        contest, ballot = self._own(edition, str(ctx.actor.id))
        votes = self.ballots.own_votes(ballot)
        return {
            **answers.progress_of(contest, ballot, ctx.received_at, ctx.locale),
            "state": contest.state(ctx.received_at),
            "order": answers.order_of(edition, ballot.account),
            "voted": [
                {
                    "category": category,
                    "project": votes[category].project if category in votes else None,
                    "receipt": votes[category].receipt if category in votes else None,
                }
                for category in ballot.voted
            ],
            "missing": sorted(contest.categories.difference(ballot.voted), key=_number),
            "opens_at": contest.opens_at,
            "closes_at": contest.closes_at,
        }

    @rpc
    def read_outcome(self, edition: str, command: str) -> dict[str, Any]:
        """What became of one of the caller's commands; `pending` while it is not decided."""
        ctx = context.current()
        contest, ballot = self._own(edition, str(ctx.actor.id))
        items = ballot.outcome(command)
        return {
            **answers.progress_of(contest, ballot, ctx.received_at, ctx.locale),
            "command": command,
            "state": "pending" if items is None else "decided",
            "votes": answers.results(items, ballot, self.ballots.receipts_of(ballot)) if items else [],
        }

    # -- the contest -------------------------------------------------------------------------------------------------

    @rpc
    def read_voting(self, edition: str) -> dict[str, Any]:
        """Where voting stands, for everybody; totals only of a certified tally."""
        contest, tally = self._contest(edition), None
        state = contest.state(clock.now())
        if state is State.CERTIFIED:
            tally = self.tallies.last(edition)
        return {
            "edition": edition, "state": state, "opens_at": contest.opens_at, "closes_at": contest.closes_at,
            "categories": len(contest.categories), "every_category": contest.every_category,
            "changes_allowed": False, "live_totals": False,
            "disqualified": [
                {"project": row["project"], "category": row["category"]}
                for row in self.contests.roster(edition)["disqualified"]
            ],
            "totals": tally and {
                "votes_cast": sum(row["cast"] for row in tally["projects"]),
                "votes_counted": sum(row["counted"] for row in tally["projects"]),
                "ballots_complete": tally["ballots"]["complete"],
            },
            "excluded": tally and tally.get("excluded", []),
        }  # fmt: skip

    @rpc
    def tally(self, edition: str) -> dict[str, Any]:
        """Votes cast and counted by project, and what the signed result says of each category, for prizes; without
        figures until the certification. Raises totals_hidden before the close."""
        found = self._certified(edition)
        projects, result = found["projects"] if found else (), self.results.last(edition) if found else None
        return {
            "edition": edition, "certified": found is not None, "ballots": found and found["ballots"],
            "result": result and {name: result[name] for name in ("number", "rules", "categories")},
            "cast": {row["project"]: row["cast"] for row in projects},
            "counted": {row["project"]: row["counted"] for row in projects},
        }  # fmt: skip

    @rpc
    def read_tally(self, edition: str) -> dict[str, Any]:
        """The certified tally; each access under embargo is audited before. Raises totals_hidden until then: two
        readings between which one account is excluded would tell its choices."""
        found = self._certified(edition)
        if found is None:
            raise errors.totals_hidden()
        if self.results.published(edition) is None:
            self.looks.keep(audit.entry("voting.tally_read", f"edition/{edition}/tally"))
        return {**found, "certified": True}

    @rpc(writes=True)
    def recount_tally(self, edition: str) -> dict[str, Any]:
        """Start a recount of a closed contest, one at a time. Each request is in the audit."""
        self._closed(edition)
        if self.ballots.keys.shredded_at(edition):
            raise errors.key_shredded(edition)
        if self.decided_last(edition).going_on:
            raise errors.review_busy()
        self.looks.keep(audit.entry("voting.tally_recounted", f"edition/{edition}/tally"))
        return self.job_response(self.bus.jobs.enqueue("recount", {"edition": edition}, key=f"recount|{edition}"))

    @job(transaction=False)
    def recount(self, run: Run) -> Finish:
        """Read each ballot and each vote once. In one step: a checkpoint would hold which ballot a vote is in. Raises
        exclusions_unaccounted, review_busy where a decision was applied meanwhile."""
        edition = str(run.arguments["edition"])
        contest, counters, at_first = self._contest(edition), self.counters.read(edition), self.decided_last(edition)
        total = counters.ballots_started + counters.cast.total()
        found = self._closing().recount(contest, partial(run.track, total=total))
        if at_first.going_on or at_first != self.decided_last(edition):
            raise errors.review_busy()
        if found.flags:
            raise errors.exclusions_unaccounted(found.flags)
        return run.finish({
            "edition": edition, "agrees": found.agrees, "votes_cast": found.votes.cast.total(),
            "votes_counted": sum(domain.valid(contest, found.votes).values()) if contest.certified else None,
            "ballots_complete": found.votes.ballots_complete, "places": len(found.different),
            "differences": found.sums() if contest.certified else [],
        })  # fmt: skip

    @rpc(writes=True)
    def certify_tally(self, edition: str, body: dict[str, Any]) -> dict[str, Any]:
        """Ask for the certification; it is done as soon as all accepted votes are stored. Raises already_certified,
        exclusions_unaccounted."""
        contest = self._closed(edition)
        if contest.certified:
            raise errors.already_certified(edition)
        if unaccounted := (self.contests.document(edition) or {}).get("unaccounted"):
            raise errors.exclusions_unaccounted(unaccounted)
        asked = {"by": context.current().actor.id, "reason": body["reason"], "at": clock.now()}
        self.contests.change(
            edition, lambda document: document | {"certification": asked},
            audit.entry("voting.tally_certification_asked", f"edition/{edition}/tally", reason=body["reason"]),
        )  # fmt: skip
        return {"edition": edition, "state": contest.state(clock.now())}

    # -- what notices ask when they are written ----------------------------------------------------------------------

    @rpc
    def ballot_summary(self, data: dict[str, Any], account: str) -> dict[str, Any]:
        """What a completed ballot's voter is shown by mail: her own choices. Raises TooMany while many votes wait."""
        self._votes_first()
        edition = data["edition"]
        ballot = self.ballots.ballot(edition, account)
        own = sorted(self.ballots.own_votes(ballot).items(), key=lambda row: _number(row[0]))
        if not own:
            raise errors.nothing_to_summarise()
        nominees = self.contests.nominees(edition)
        votes = [
            {
                "category": category,
                "project": vote.project,
                "shown": answers.named(nominees.get(vote.project), vote.project),
                "receipt": vote.receipt,
                "receipt_text": canonical(vote.receipt).decode(),  # as verify.py and the verification route take it
            }
            for category, vote in own
        ]
        return {"edition": edition, "votes": votes, "count": len(votes), "excluded": bool(ballot.excluded)}

    @rpc
    def ballot_progress(self, data: dict[str, Any], account: str) -> dict[str, Any]:
        """What a reminded voter is told: how far her ballot is. Raises TooMany while many votes wait."""
        self._votes_first()
        contest = self._contest(data["edition"])
        _, figures = domain.progress(contest, self.ballots.ballot(data["edition"], account), clock.now())
        return {**figures, "missing": figures["of"] - figures["done"]}

    @rpc
    def exclusion(self, data: dict[str, Any], account: str) -> dict[str, Any]:
        """What a voter is told whose ballot is excluded or reinstated. Raises TooMany while many votes wait."""
        self._votes_first()
        return {"address": Settings.current().review_contact}

    def _votes_first(self) -> None:
        if self.recorders.busy():
            raise errors.busy_with_votes()

    # -- what prizes asks --------------------------------------------------------------------------------------------

    @rpc(writes=True, store_response=False, repeatable=True)
    def await_window(self, edition: str, window: dict[str, Any]) -> None:
        """Prizes is about to store this window {opens_at, closes_at, every_category}: nothing is certified until it
        says so. Raises already_certified: then it must not."""
        self._contest(edition)
        self.contests.await_window(edition, window)

    # -- what others say -----------------------------------------------------------------------------------------------

    @subscribe("prizes", "nominees_published")
    def on_nominees_published(self, event: dict[str, Any]) -> None:
        """Whom one can vote for."""
        if self._newer(event):
            self.contests.put_nominees(event["data"]["edition"], event["data"]["nominees"])

    @subscribe("prizes", "voting_window_changed")
    def on_voting_window_changed(self, event: dict[str, Any]) -> None:
        """When one can vote. Prizes asks first (`await_window`); an event that it stored without is of no effect."""
        if not self._newer(event):
            return
        try:
            self.contests.put_window(event["data"]["edition"], event["data"])
        except Conflict:
            _log.error("another window for a contest that is certified", extra={"edition": event["data"]["edition"]})

    @subscribe("prizes", "project_disqualified")
    def on_project_disqualified(self, event: dict[str, Any]) -> None:
        """Votes for it are void; ballots stay as they are."""
        data = event["data"]
        self._announced().known(data["edition"])
        self.contests.put_disqualified(data["edition"], data["project"], data["category"])

    @subscribe("prizes", "champions_announced")
    def on_champions_announced(self, event: dict[str, Any]) -> None:
        """The result is under embargo no more."""
        self._publishing().announce(event["data"]["edition"])

    @subscribe("accounts", "account_confirmed", prefetch=1)
    def on_account_confirmed(self, event: dict[str, Any]) -> None:
        """Note the country, for turnout."""
        if not self.erased_since(event):
            account, country = event["data"]["account"], event["data"].get("country") or NOWHERE
            before = self.ballots.put_voter(account, country, clock.parse(event["time"]))
            self.registrations.change("country", before, country)

    @subscribe("accounts", "power_changed")
    def on_power_changed(self, event: dict[str, Any]) -> None:
        """Whoever has lost a role has lost the jobs that they began with it."""
        self.end_lost_jobs(event["data"]["account"], event["data"]["roles"])

    @subscribe("accounts", "account_erased")
    def on_account_erased(self, event: dict[str, Any]) -> None:
        """The tally does not change: votes name no account, and participation keeps the opaque id alone. Nobody is
        shown these votes any more, nor whoever registers this mailbox again and gets the same id."""
        erasure = Erasure.of(event)
        inbox.is_newer(self.bus.db, ERASED, event["data"]["account"], event["sequence"])
        self.registrations.change("country", self.ballots.forget(erasure), None)
        self.forget_signals(erasure)

    # -- timers ------------------------------------------------------------------------------------------------------

    @every(1, singleton=False)
    def beat(self) -> None:
        """Each process says that it lives, and whether it has votes in hand."""
        self.recorders.beat_when_due(self.contests.is_watched)

    @every(1)
    def turn(self) -> None:
        """Open, close and certify by the clock; publish what is new in the log."""
        self._publishing().run(votes=self.contests.is_watched())
        for document, contest in self.contests.each_unfinished():
            self._closing().turn(document, contest)
            self.scan_after_close(document, contest)

    @every(60)
    def compare_with_prizes(self) -> None:
        """Ask prizes for what it says now, in case an event went astray."""
        self._announced().compare()
        for edition in self.results.under_embargo():
            if self._announced().champions_are_out(edition):
                in_transaction(partial(self._publishing().announce, edition))

    @every(600)  # it looks at all ballots
    def remind(self) -> None:
        """Remind, once, whoever has begun and not finished."""
        for _, contest in self.contests.each_unfinished():
            self._closing().remind(contest, clock.now())

    @every(60)
    def shred(self) -> None:
        """Destroy the keys of editions whose period of complaint is over."""
        self._closing().shred_due(clock.now())

    @every(60, singleton=False)
    def forget_keys(self) -> None:
        """Each process drops the keys that are shredded."""
        self.ballots.keys.forget()

    # -- within ------------------------------------------------------------------------------------------------------

    def _closing(self) -> Closing:
        return Closing(self.contests, self.ballots, self.counters, self.recorders, self.tallies, self._publishing())

    def _newer(self, event: dict[str, Any]) -> bool:
        self._announced().known(event["data"]["edition"])  # the rest of a contest of which we hear for the first time
        kind = event["type"].split(".")[-2]
        return inbox.is_newer(self.bus.db, kind, event["subject"], event["sequence"])

    def _announced(self) -> Announced:
        return Announced(self.contests, self.prizes)

    def _contest(self, edition: str) -> Contest:
        return self._announced().must(edition)

    def _own(self, edition: str, account: str) -> tuple[Contest, Ballot]:
        stored, ballots = self.ballots.read_with_contest(edition, [account])
        return self._announced().must(edition, stored), ballots[edition, account]

    def _certified(self, edition: str) -> dict[str, Any] | None:
        """The tally of an edition, None until it is certified. Raises totals_hidden before the close."""
        return self.tallies.last(edition) if self._closed(edition).certified else None

    def _closed(self, edition: str) -> Contest:
        contest = self._contest(edition)
        # By the gateway's clock, as votes are.
        if contest.state(min(clock.now(), context.current().received_at)) in (State.NOT_OPEN, State.OPEN):
            raise errors.totals_hidden()
        return contest


def _number(category: str) -> int:
    return reference.action_line(category).number
