"""Requests for a mail by people who are not signed in: what each of them costs, and how many a mailbox gets."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from wsis_shared import proof_of_work
from wsis_shared.context import Context
from wsis_shared.errors import Invalid
from wsis_shared.json_types import Input
from wsis_shared.mail_counts import MailCounts
from wsis_shared.mail_quotas import behind_tag
from wsis_shared.mongo import in_transaction

from wsis_accounts.rules.codes import Mailbox
from wsis_accounts.rules.mailbox import canonical
from wsis_accounts.store import Store, hashing

# What a response about an address takes at least, so that its time tells nothing.
MIN_RESPONSE_TIME = timedelta(milliseconds=25)


class MailRequests:
    """Proofs of work, and quotas of mails."""

    def __init__(self, store: Store, mails: MailCounts) -> None:
        self._store, self._mails = store, mails

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

    def tag_allows(self, email: str, mailbox: Mailbox, now: datetime) -> bool:
        """Count a mail to a tagged address with those to its mailbox's other tags. An account has its own limit."""
        base = behind_tag(canonical(email))
        return base is None or self._mails.take([hashing.digest("tags", base)], now) or mailbox.known

    def may_mail_link(self, address: str, now: datetime) -> bool:
        """Count a mail with a link to the address, and one to its mailbox's tags together."""
        base = behind_tag(address)
        counted = [hashing.digest("erasure mails", address)]
        counted += [hashing.digest("erasure tags", base)] if base is not None else []
        return self._mails.take(counted, now)
