"""What officers decide of claims, and the job that gives the entries of one that was proved or granted."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from wsis_shared import audit, clock
from wsis_shared.context import Context
from wsis_shared.errors import NotFound
from wsis_shared.events import EventType, PendingEvent, new_event
from wsis_shared.jobs.run import Finish, Next, Run
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import job, rpc

from wsis_stocktaking.claims import events, mailboxes, rules
from wsis_stocktaking.claims.rules import Claim
from wsis_stocktaking.claims.store import Claims
from wsis_stocktaking.claims.use_cases import presenters
from wsis_stocktaking.claims.use_cases.holdings import Holdings
from wsis_stocktaking.register.rules.entries import Entry
from wsis_stocktaking.register.store.register import Register

if TYPE_CHECKING:
    from wsis_shared.bus.clients import ServiceProxy
    from wsis_shared.jobs.repository import Jobs

READ_SIZE = 500  # sequences of the register in one step


class Position(TypedDict):
    """How far the job is, and how many entries it gave."""

    after: int
    given: int


_START: Position = {"after": 0, "given": 0}


class Deciding:
    """The queue, decisions, their effect."""

    def __init__(self, claims: Claims, register: Register, holdings: Holdings, accounts: ServiceProxy) -> None:
        self._claims, self._register, self._holdings, self._accounts = claims, register, holdings, accounts

    @rpc
    def list_claims(self, ctx: Context, limit: int, state: str, after: str | None = None) -> JsonObject:
        """Claims in a state, the oldest first."""
        return self._claims.in_state(state, after, limit).response(lambda row: presenters.waiting(row, ctx.received_at))

    @rpc
    def read_claim(self, ctx: Context, claim: str) -> JsonObject:
        """A claim with who makes it. Raises NotFound."""
        found = self._claims.find(claim)
        survivor = self._survivor(found)
        return {
            **presenters.waiting(found, ctx.received_at),
            "version": found["version"],
            "claimant": self._claimant(found["account"]),
            "owned": survivor is not None and survivor["owner"] is not None,
        }

    def _survivor(self, claim: Claim) -> Entry | None:
        """The claimed entry, or the one into which it was merged since; None where it is public no more."""
        try:
            return self._register.find_public(claim["entry"])
        except NotFound:
            return None

    def _claimant(self, account: str) -> JsonObject | None:
        try:
            profile = self._accounts.profile(account=account)
        except NotFound:
            return None
        return {
            "name": profile.get("names"),
            "organization": profile.get("organization"),
            "country": profile.get("country"),
        }

    @rpc(writes=True)
    def decide_claim(self, ctx: Context, jobs: Jobs, claim: str, body: Input) -> JsonObject:
        """Grant or refuse. Raises NotFound, Conflict where it was decided, or changed since it was read."""
        found = self._claims.find(claim)
        rules.require_waiting(found, body.get("version"))
        granted = body["decision"] == rules.GRANT
        survivor = self._survivor(found)
        decided: Claim = {
            **found,
            "entry": survivor["_id"] if survivor else found["entry"],
            "state": rules.PROVED if granted else rules.REFUSED,
            "whole": granted and body["whole"],
            "reason": body["reason"],
            "decided_at": ctx.received_at,
        }
        after = {"state": decided["state"], "whole": decided["whole"], "account": found["account"]}
        audited = audit.entry(
            f"stocktaking.claim_{'granted' if granted else 'refused'}",
            f"entry/{decided['entry']}",
            {"state": found["state"]},
            after,
            body["reason"],
        )
        mails = [] if granted else [_mail(events.CLAIM_REFUSED, found)]
        if granted:
            jobs.enqueue("apply_claim", {"claim": claim}, key=f"apply_claim|{claim}")
        return presenters.waiting(self._claims.put(decided, *mails, audited), ctx.received_at)

    @job()
    def apply_claim(self, run: Run) -> Next | Finish:
        """A step, in a transaction: what is owned by then, or is no longer as it was read, stays as it is."""
        claim = self._claims.known(run.arguments["claim"])
        if claim is None or claim["state"] != rules.PROVED:  # its account was erased meanwhile
            return run.finish()
        position: Position = run.checkpoint or _START
        head = self._register.head()
        last = min(position["after"] + READ_SIZE, head)
        given = position["given"] + self._give(claim, position["after"], last)
        if last < head:
            return run.next({"after": last, "given": given}, done=last, total=head)
        self._claims.put(
            {**claim, "state": rules.DONE, "entries": given, "address": None}, _mail(events.ENTRIES_CLAIMED, claim)
        )
        return run.finish()

    def _give(self, claim: Claim, after: int, until: int) -> int:
        entries = self._claims.ownerless(after, until)
        holdings = self._holdings.of(entries)
        domain = mailboxes.domain_of(claim.get("address"))
        chosen = [each for each in entries if rules.covers(claim, domain, each["_id"], holdings[each["_id"]])]
        return self._claims.give(chosen, claim["account"], clock.now())

    @rpc
    def describe_claim(self, data: Input, account: str | None = None) -> JsonObject:
        """For the mails about what became of a claim. Raises NotFound."""
        claim = self._claims.find(data["claim"])
        return {
            "title": claim["title"],
            "organization": claim["organization"],
            "entry": claim["entry"],
            "entries": claim.get("entries") or 0,
            "reason": claim.get("reason"),
        }


def _mail(event: EventType, claim: Claim) -> PendingEvent:
    return new_event(event, subject=claim["_id"], account=claim["account"], claim=claim["_id"])
