"""What members do: claim the entries of their organization, and prove it.

Whether an address is the contact of an entry is never public: a claim is answered alike for any address, and only the
mailbox itself learns more.
"""

from __future__ import annotations

import hmac
import uuid
from datetime import timedelta
from functools import partial

from wsis_shared import keys
from wsis_shared.context import Context
from wsis_shared.erasure import Erasure
from wsis_shared.errors import Conflict, Invalid, NotFound, SuiteError, TooMany
from wsis_shared.events import new_event
from wsis_shared.jobs.repository import Jobs
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.mail_counts import MailCounts
from wsis_shared.mail_quotas import behind_tag
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import rpc, subscribe

from wsis_stocktaking.claims import events, mailboxes, rules
from wsis_stocktaking.claims.rules import Claim
from wsis_stocktaking.claims.store import Claims
from wsis_stocktaking.claims.use_cases import presenters
from wsis_stocktaking.claims.use_cases.holdings import Holdings
from wsis_stocktaking.register.rules.entries import Entry, content_of, title_of
from wsis_stocktaking.register.store.register import Register


class Claiming:
    """Own claims."""

    def __init__(self, claims: Claims, register: Register, holdings: Holdings, mails: MailCounts) -> None:
        self._claims, self._register, self._holdings, self._mails = claims, register, holdings, mails

    @rpc(writes=True)
    def claim_entry(self, ctx: Context, body: Input) -> JsonObject:
        """A claim in place of the former one of the same account to the same entry. Raises NotFound, Conflict where
        somebody owns the entry, Invalid, TooMany."""
        found = self._register.find_public(body["entry"])
        if found["owner"] is not None:
            raise Conflict("stocktaking.entry_owned", entry=found["_id"])
        account = str(ctx.actor.id)
        claim = self._new(ctx, account, found)
        if body["email"]:
            return self._with_code(ctx, claim, found, mailboxes.normalised(body["email"]))
        if self._claims.waiting_of(account, rules.MAX_WAITING) >= rules.MAX_WAITING:
            raise Conflict("stocktaking.too_many_claims", most=rules.MAX_WAITING)
        waiting: Claim = {**claim, "state": rules.WAITING, "proof": rules.OFFICER, "message": body["message"]}
        return presenters.own(self._claims.put(waiting), ctx.received_at)

    def _new(self, ctx: Context, account: str, entry: Entry) -> Claim:
        id = uuid.uuid5(uuid.NAMESPACE_URL, f"stocktaking/claim/{account}/{entry['_id']}").hex
        content, former = content_of(entry), self._claims.known(id)
        claim: Claim = {
            "_id": id,
            "account": account,
            "entry": entry["_id"],
            "title": title_of(content),
            "organization": content["organization"]["name"],
            "state": rules.MAILED,
            "proof": None,
            "asked_at": ctx.received_at,
            "whole": True,
            "expires_at": ctx.received_at + rules.KEPT,
        }
        if former:
            claim["version"] = former["version"]
        return claim

    def _with_code(self, ctx: Context, claim: Claim, entry: Entry, address: str) -> JsonObject:
        self._count_mail(ctx, claim["account"], address)
        holding = self._holdings.of([entry])[entry["_id"]]
        mailed = rules.proof_of(address, mailboxes.domain_of(address), holding) is not None
        nonce = uuid.uuid4().hex
        asked: Claim = {**claim, "address": address, "mailed": mailed, "nonce": nonce, "tries": 0}
        asked |= {"locale": ctx.locale, "expires_at": ctx.received_at + rules.UNPROVED_KEPT}
        about = {"account": claim["account"], "claim": claim["_id"], "nonce": nonce}
        pending = [new_event(events.CLAIM_CODE_REQUESTED, subject=claim["_id"], **about)] if mailed else []
        return presenters.own(self._claims.put(asked, *pending), ctx.received_at)

    def _count_mail(self, ctx: Context, account: str, address: str) -> None:
        """Counted whether a mail goes out or not: the limit tells nothing about the address."""
        counted = [f"to {address}", f"of {account}"]
        if (base := behind_tag(address)) is not None:
            counted.append(f"to tags of {base}")
        if not self._mails.take([keys.digest("stocktaking claim mails", each) for each in counted], ctx.received_at):
            raise TooMany("stocktaking.claim_mails_exceeded", retry_after=3600)

    @rpc
    def write_claim_code(self, data: Input, account: str | None = None) -> JsonObject:
        """For the mail: its address and the code. Raises NotFound where another one was asked for since."""
        claim = self._claims.find(data["claim"])
        if claim["state"] != rules.MAILED or claim.get("nonce") != data["nonce"] or not claim.get("mailed"):
            raise NotFound("stocktaking.claim_unknown")
        return {
            "contact": {"email": claim["address"], "names": claim["organization"], "locale": claim["locale"]},
            "code": _code(claim),
            "title": claim["title"],
            "organization": claim["organization"],
            "minutes": rules.CODE_LIFE // timedelta(minutes=1),
        }

    @rpc
    def list_own_claims(self, ctx: Context, limit: int, after: str | None = None) -> JsonObject:
        """Those of the account, the last first."""
        page = self._claims.of_account(str(ctx.actor.id), after, limit)
        return page.response(lambda row: presenters.own(row, ctx.received_at))

    @rpc
    def read_own_claim(self, ctx: Context, claim: str) -> JsonObject:
        """One of the account. Raises NotFound."""
        return presenters.own(self._own(ctx, claim), ctx.received_at)

    @rpc(writes=True, store_response=False)
    def prove_claim(self, ctx: Context, jobs: Jobs, claim: str, body: Input) -> JsonObject:
        """The code of the mail. A wrong one counts, so it is stored before it is refused. Raises NotFound, Invalid."""
        outcome = in_transaction(partial(self._prove, ctx, jobs, claim, body["code"]))
        if isinstance(outcome, SuiteError):
            raise outcome
        return presenters.own(outcome, ctx.received_at)

    def _prove(self, ctx: Context, jobs: Jobs, id: str, code: str) -> Claim | SuiteError:
        claim = self._own(ctx, id)
        if not rules.seconds_left(claim, ctx.received_at):
            return Invalid("stocktaking.claim_code_wrong", fields={"code": ["Ask for another code."]})
        if not claim.get("mailed") or not hmac.compare_digest(code, _code(claim)):
            self._claims.put({**claim, "tries": claim.get("tries", 0) + 1})
            return Invalid("stocktaking.claim_code_wrong", fields={"code": ["Not the code of the last mail."]})
        found = self._register.find_public(claim["entry"])
        address = str(claim.get("address"))
        holding = self._holdings.of([found])[found["_id"]]
        proof = rules.proof_of(address, mailboxes.domain_of(address), holding)
        if proof is None:  # the entry names another organization since
            return Invalid("stocktaking.claim_code_wrong", fields={"code": ["Ask for another code."]})
        proved: Claim = {**claim, "state": rules.PROVED, "proof": proof, "nonce": None, "decided_at": ctx.received_at}
        proved |= {"entry": found["_id"], "expires_at": ctx.received_at + rules.KEPT}
        jobs.enqueue("apply_claim", {"claim": id}, key=f"apply_claim|{id}")
        return self._claims.put(proved)

    def _own(self, ctx: Context, claim: str) -> Claim:
        found = self._claims.find(claim)
        if found["account"] != ctx.actor.id:
            raise NotFound("stocktaking.claim_unknown")
        return found

    @subscribe("accounts", "account_erased", name="forget_claims")
    @subscribe("accounts", "address_erased", name="forget_claims_by_address")
    def forget(self, erasure: Erasure) -> None:
        """A person is erased: their claims go, and those by their address; what they own is left by `forget_owner`."""
        self._claims.forget(erasure)


def _code(claim: Claim) -> str:
    """The code of the last mail: it follows from the claim and a key, and is stored nowhere."""
    digits = int(keys.digest("stocktaking claim code", f"{claim['_id']}|{claim.get('nonce')}"), 16)
    return f"{digits % 10**rules.CODE_LENGTH:0{rules.CODE_LENGTH}d}"
