"""Requests for a mail by people who are not signed in: what each of them costs, and how many a mailbox gets."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial

from wsis_shared import proof_of_work
from wsis_shared.context import Context
from wsis_shared.errors import Invalid
from wsis_shared.json_types import Input
from wsis_shared.mongo import in_transaction
from wsis_shared.tags import behind_tag

from wsis_accounts.rules import codes
from wsis_accounts.rules.codes import Mailbox
from wsis_accounts.rules.mailbox import canonical
from wsis_accounts.store import Store, hashing

# What a response about an address takes at least, so that its time tells nothing.
MIN_RESPONSE_TIME = timedelta(milliseconds=25)


class MailRequests:
    """Proofs of work, quotas of mails, and an equal time for every address."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def seconds_to_fill(self, ctx: Context, body: Input, *, demanded: bool = False) -> float | None:
        """Spend a solved challenge; returns how long ago it was given out, None where there is none and none is needed.
        A network over its rate needs one: whoever else is in that network gets in by some seconds of work. For the
        same mailbox it may come again: an answer was lost."""
        solution, mailbox = body.get("challenge"), hashing.mailbox(canonical(body["email"]))
        if solution is None:
            if demanded or ctx.over_rate:
                raise Invalid(
                    "accounts.proof_of_work_needed", fields={"challenge": ["Solve one of GET /v1/challenges."]}
                )
            return None
        try:
            solved = proof_of_work.check(solution, proof_of_work.key())
        except proof_of_work.Unsolved:
            raise Invalid(
                "accounts.proof_of_work_invalid", fields={"challenge": ["Fetch another and solve it."]}
            ) from None
        if not in_transaction(partial(self._store.spend_challenge, solved.id, mailbox, solved.expires_at)):
            raise Invalid("accounts.proof_of_work_used", fields={"challenge": ["Fetch another and solve it."]})
        return max(0.0, round((ctx.received_at - solved.issued_at).total_seconds(), 1))

    @contextmanager
    def evenly(self) -> Iterator[None]:
        """Take the same time for every address: a store writes a new document a little faster than it replaces one,
        and a few thousand answers would show it. No transaction is open meanwhile."""
        started = time.monotonic()
        try:
            yield
        finally:
            time.sleep(max(0.0, MIN_RESPONSE_TIME.total_seconds() - (time.monotonic() - started)))

    def tag_allows(self, email: str, mailbox: Mailbox, now: datetime) -> bool:
        """Count a mail to a tagged address with those of its mailbox's other tags. An account has a limit of its own:
        who makes up tags does not use up what is the owner's."""
        base = behind_tag(canonical(email))
        if base is None:
            return True
        key = hashing.digest("tags", base)
        sent = codes.tag_mails(self._store.tag_mails(key), now)
        if sent is not None:
            self._store.save_tag_mails(key, sent)
        return sent is not None or mailbox.known

    def may_mail_link(self, address: str, now: datetime) -> bool:
        """Count a mail with a link to the address, and one to its mailbox's tags together: who makes up tags does not
        use up what is the owner's."""
        base = behind_tag(address)
        quotas = [hashing.digest("erasure mails", address)]
        quotas += [hashing.digest("erasure tags", base)] if base is not None else []
        sent = {key: codes.tag_mails(self._store.tag_mails(key), now) for key in quotas}
        allowed = {key: mails for key, mails in sent.items() if mails is not None}
        if len(allowed) < len(sent):
            return False
        for key, mails in allowed.items():
            self._store.save_tag_mails(key, mails)
        return True
