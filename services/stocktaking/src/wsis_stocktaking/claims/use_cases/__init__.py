"""Claims: who makes one, officers who decide, the job that hands over."""

from __future__ import annotations

from wsis_shared.mail_counts import MailCounts
from wsis_shared.parts import Parts

from wsis_stocktaking.claims import rules
from wsis_stocktaking.claims.store import Claims
from wsis_stocktaking.claims.use_cases.claiming import Claiming
from wsis_stocktaking.claims.use_cases.deciding import Deciding
from wsis_stocktaking.claims.use_cases.holdings import Holdings
from wsis_stocktaking.entries.store.entries import Entries
from wsis_stocktaking.register.store.register import Register


def compose(parts: Parts) -> tuple[Claiming, Deciding]:
    """The use cases with their collaborators; called once per process."""
    claims, register, holdings = Claims(parts.db), Register(parts.db), Holdings(Entries(parts.db))
    return (
        Claiming(claims, register, holdings, MailCounts(parts.db, "claim_mails", rules.MAILS)),
        Deciding(claims, register, holdings, parts.client("accounts")),
    )
