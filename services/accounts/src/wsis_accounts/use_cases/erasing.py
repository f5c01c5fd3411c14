"""Erasures: of one's own account, and by a mailed link of whatever is held about an address."""

from __future__ import annotations

import hmac
from datetime import datetime
from functools import partial

from wsis_shared import inbox
from wsis_shared.context import ANONYMOUS, Context
from wsis_shared.errors import Forbidden, Invalid
from wsis_shared.events import new_event
from wsis_shared.json_types import Input
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import rpc

from wsis_accounts import events, sentences
from wsis_accounts.rules import codes, erasures, people
from wsis_accounts.rules.mailbox import canonical, check
from wsis_accounts.rules.people import Account
from wsis_accounts.store import Store, hashing
from wsis_accounts.store.accounts import Contact
from wsis_accounts.use_cases.access import Access, Notify
from wsis_accounts.use_cases.mail_requests import MIN_RESPONSE_TIME, MailRequests


class Erasing:
    """A signed-in member erases the account; whoever has a mailbox, what is held about its address."""

    def __init__(self, store: Store, access: Access, requests: MailRequests) -> None:
        self._store, self._access, self._requests = store, access, requests

    @rpc(writes=True)
    def erase_me(self, ctx: Context, notify: Notify) -> None:
        """Forget who they are. What they did stays, under an id that leads to nobody. Raises
        `accounts.sign_in_again`: nothing brings an account back, so a stolen token does not suffice."""
        account = self._access.own_account(ctx)
        self._access.check_fresh(ctx)
        self._erase(account, ctx.received_at, notify)

    @rpc(writes=True, at_least=MIN_RESPONSE_TIME)
    def mail_erasure_link(self, ctx: Context, body: Input) -> dict[str, str]:
        """Have a link mailed; the same for every address."""
        self._requests.seconds_to_fill(ctx, body)
        self._ask_erasure(body["email"], ctx.locale, ctx.received_at)
        return {"message": sentences.say("on_its_way", ctx.locale)}

    @rpc(writes=True, store_response=False)
    def erase_address(self, ctx: Context, notify: Notify, body: Input) -> None:
        """Use the link. Raises `accounts.erasure_link_invalid`, `accounts.blocked`, `accounts.last_officer`."""
        in_transaction(partial(self._use_link, body["token"], ctx.received_at, notify))

    # -- within ------------------------------------------------------------------------------------------------------

    def _ask_erasure(self, email: str, locale: str, now: datetime) -> None:
        address = canonical(email)
        if self._requests.may_mail_link(address, now):
            id = hashing.new_challenge()
            link = erasures.link(hashing.mailbox(address), id, check(email).normalized, locale, now)
            self._store.save_erasure_link(link, new_event(events.ERASURE_LINK_REQUESTED, id, link=id))

    def _use_link(self, token: str, now: datetime, notify: Notify) -> None:
        id, _, tag = token.partition(".")
        found = self._store.erasure_link(id)
        if found is None or not erasures.works(found, now) or not hmac.compare_digest(tag, hashing.erasure_tag(id)):
            raise Invalid("accounts.erasure_link_invalid", fields={"token": ["Ask for a new one."]})
        read = self._store.mailbox(found["_id"], "")
        told = [events.address_erased(found["email"])]
        if read.mailbox.known:
            account = self._store.account(read.mailbox.account or "")
            if account["state"] == people.State.BLOCKED:
                raise Forbidden("accounts.blocked")
            self._erase(account, now, notify)
            told = told if account["email"].casefold() != found["email"].casefold() else []
        elif read.version:
            left = erasures.forgotten(read.mailbox)
            kept_until = codes.kept_until(left, now) if left else None
            self._store.forget_mailbox(read, left, kept_until)
        inbox.forget_responses(self._store.db, str(ANONYMOUS.id))
        self._store.forget_erasure_link(found["_id"])
        self._store.store_events(1, *told)

    def _erase(self, account: Account, now: datetime, notify: Notify) -> None:
        if people.OFFICER in account["roles"]:
            people.keep_an_officer(account, self._store.other_officers(account["_id"]))
        read = self._store.mailbox(account["mailbox"], "")
        left = codes.erased(read.mailbox, now)
        self._store.save_mailbox(read, left, codes.kept_until(left, now))
        contact: Contact = {"email": account["email"], "names": people.full_name(account), "locale": account["locale"]}
        self._store.save_erasure_contact(account["_id"], contact, now)
        self._store.forget_erasure_link(account["mailbox"])
        self._store.forget_sessions(account["_id"])
        self._store.forget_authenticator(account["_id"])
        self._store.forget_identities(account["_id"])
        inbox.forget_responses(self._store.db, account["_id"])
        erased = new_event(events.ACCOUNT_ERASED, account["_id"], account=account["_id"])
        left_behind = people.tombstone(self._access.revoke_all(account, notify), now)
        told = (erased, events.address_erased(account["email"]), events.power_changed(account["_id"], ()))
        self._store.save("accounts", left_behind, *told)
