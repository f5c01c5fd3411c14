"""Shares: owners who ask, and who accepts."""

from __future__ import annotations

from wsis_shared.mail_counts import MailCounts
from wsis_shared.parts import Parts

from wsis_stocktaking.register.store.register import Register
from wsis_stocktaking.sharing import rules
from wsis_stocktaking.sharing.store import Shares
from wsis_stocktaking.sharing.use_cases.accepting import Accepting
from wsis_stocktaking.sharing.use_cases.sharing import Sharing


def compose(parts: Parts) -> tuple[Sharing, Accepting]:
    """The use cases with their collaborators; called once per process."""
    shares = Shares(parts.db)
    mails = MailCounts(parts.db, "claim_mails", rules.MAILS)
    return Sharing(shares, Register(parts.db), mails), Accepting(shares)
