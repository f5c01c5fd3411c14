"""Erasures: of one's own account, and by a mailed link of whatever is held about an address."""

from __future__ import annotations

import hmac
from functools import partial
from typing import Any

from wsis_shared import context, inbox
from wsis_shared.bus import rpc
from wsis_shared.context import ANONYMOUS
from wsis_shared.events import new_event
from wsis_shared.mongo import in_transaction
from wsis_shared.tags import behind_tag

from wsis_accounts import errors, events, texts
from wsis_accounts.domain import codes, erasures, people
from wsis_accounts.domain.mailbox import canonical, check
from wsis_accounts.service.desk import now
from wsis_accounts.service.signing_in import SigningIn
from wsis_accounts.store import keyed


class Erasing(SigningIn):
    """A signed-in member erases the account; whoever has a mailbox, what is held about its address."""

    @rpc(writes=True)
    def erase_me(self) -> None:
        """Forget who they are. What they did stays, under an id that leads to nobody."""
        self._erase(self.my_account())

    @rpc(writes=True, store_response=False)
    def mail_erasure_link(self, body: dict[str, Any]) -> dict[str, str]:
        """Have a link mailed; the same for every address."""
        self._seconds_to_fill(body)
        locale = context.current().locale
        with self._evenly():
            in_transaction(partial(self._ask_erasure, body["email"], locale))
        return {"message": texts.say("on_its_way", locale)}

    @rpc(writes=True, store_response=False)
    def erase_address(self, body: dict[str, Any]) -> None:
        """Use the link. Raises errors.erasure_link_invalid, errors.blocked, errors.last_officer."""
        in_transaction(partial(self._use_link, body["token"]))

    # -- within ------------------------------------------------------------------------------------------------------

    def _ask_erasure(self, email: str, locale: str) -> None:
        address = canonical(email)
        if self._may_mail(address):
            id = keyed.new_challenge()
            link = erasures.link(keyed.mailbox(address), id, check(email).normalized, locale, now())
            self.store.keep_erasure_link(link, new_event(events.ERASURE_LINK_REQUESTED, id, link=id))

    def _may_mail(self, address: str) -> bool:
        """Count a mail to the address, and one to its mailbox's tags together: who makes up tags does not use up what
        is the owner's."""
        base = behind_tag(address)
        quotas = [keyed.digest("erasure mails", address)]
        quotas += [keyed.digest("erasure tags", base)] if base is not None else []
        sent = {key: codes.tag_mails(self.store.tag_mails(key), now(), self.rules) for key in quotas}
        if any(mails is None for mails in sent.values()):
            return False
        for key, mails in sent.items():
            self.store.keep_tag_mails(key, mails)
        return True

    def _use_link(self, token: str) -> None:
        id, _, tag = token.partition(".")
        found = self.store.erasure_link(id)
        if not erasures.works(found, now()) or not hmac.compare_digest(tag, keyed.erasure_tag(id)):
            raise errors.erasure_link_invalid()
        read = self.store.mailbox(found["_id"], "")
        told = [events.address_erased(found["email"])]
        if read.mailbox.known:
            account = self.store.account(read.mailbox.account)
            if account["state"] == people.State.BLOCKED:
                raise errors.blocked()
            self._erase(account)
            told = told if account["email"].casefold() != found["email"].casefold() else []
        elif read.version:
            left = erasures.forgotten(read.mailbox)
            kept_until = left and codes.kept_until(left, now(), self.rules)
            self.store.forget_mailbox(read, left, kept_until)
        inbox.forget_responses(self.bus.db, str(ANONYMOUS.id))
        self.store.forget_erasure_link(found["_id"])
        self.store.store_events(1, *told)

    def _erase(self, account: dict[str, Any]) -> None:
        if people.OFFICER in account["roles"]:
            people.keep_an_officer(account, self.store.other_officers(account["_id"]))
        read = self.store.mailbox(account["mailbox"], "")
        left = codes.erased(read.mailbox, now())
        self.store.keep_mailbox(read, left, codes.kept_until(left, now(), self.rules))
        contact = {"email": account["email"], "names": people.full_name(account), "locale": account["locale"]}
        self.store.keep_farewell(account["_id"], contact, now())
        self.store.forget_erasure_link(account["mailbox"])
        self.store.forget_sessions(account["_id"])
        inbox.forget_responses(self.bus.db, account["_id"])
        erased = new_event(events.ACCOUNT_ERASED, account["_id"], account=account["_id"])
        left_behind = people.tombstone(self.revoke_all(account), now())
        told = (erased, events.address_erased(account["email"]), events.power_changed(account["_id"], ()))
        self.store.save("accounts", left_behind, *told)
