"""Replies by mail: who turned them on, mails that come in, replies that wait for a confirmation."""

from __future__ import annotations

from wsis_shared.parts import Parts

from wsis_consultation.discussions.store import Comments, Discussions, ReplyPreferences
from wsis_consultation.discussions.use_cases import compose as compose_discussions
from wsis_consultation.discussions.use_cases.addresses import compose_addresses
from wsis_consultation.editions.store import Editions
from wsis_consultation.replies.store import Replies
from wsis_consultation.replies.use_cases.confirming import ConfirmingCases, PreferenceCases
from wsis_consultation.replies.use_cases.receiving import ReceivingCases, ReplyPosting
from wsis_consultation.settings import Settings


def compose(parts: Parts) -> tuple[PreferenceCases, ReceivingCases, ConfirmingCases]:
    """The use cases with their collaborators; called once per process."""
    settings, accounts = Settings.load(), parts.client("accounts")
    replies, addresses = Replies(parts.db), compose_addresses(parts)
    posting = ReplyPosting(
        Discussions(parts.db),
        Comments(parts.db),
        compose_discussions(parts).posting,
        accounts,
    )
    return (
        PreferenceCases(Editions(parts.db), ReplyPreferences(parts.db), addresses),
        ReceivingCases(
            replies,
            addresses,
            posting,
            accounts,
            authserv_id=settings.consultation_authserv_id,
            sender=settings.mail_from,
            limit=settings.consultation_replies_per_day,
        ),
        ConfirmingCases(replies, posting),
    )
