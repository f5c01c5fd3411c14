"""Mails to a reply address, and the comments that they become."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parseaddr
from typing import TYPE_CHECKING

from prometheus_client import Counter
from wsis_shared import keys
from wsis_shared.errors import Conflict, Invalid, NotFound
from wsis_shared.events import new_event
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.mongo import after_commit
from wsis_shared.operations import inbound_mail, rpc

from wsis_consultation.discussions.rules import comments, discussions
from wsis_consultation.discussions.rules.addresses import ReplyTarget
from wsis_consultation.discussions.store import Comments, Discussions
from wsis_consultation.discussions.use_cases.addresses import ReplyAddresses
from wsis_consultation.discussions.use_cases.posting import PostingCases
from wsis_consultation.replies.events import REPLY_HELD, REPLY_REFUSED
from wsis_consultation.replies.rules import decisions, mails, senders
from wsis_consultation.replies.rules.decisions import Decision
from wsis_consultation.replies.rules.mails import ReceivedMail
from wsis_consultation.replies.store import Replies

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore
    from wsis_shared.bus.clients import ServiceProxy
    from wsis_shared.bus.inbound_mail import InboundMail


class ReplyPosting:
    """Checks before it posts: a number is taken when a comment is posted, and must not be taken for none."""

    def __init__(
        self, discussions: Discussions, comments: Comments, posting: PostingCases, accounts: ServiceProxy
    ) -> None:
        self._discussions, self._comments, self._posting, self._accounts = discussions, comments, posting, accounts

    def title(self, edition: str, discussion: str) -> str:
        """The title of a discussion. Raises NotFound."""
        return self._discussions.discussion(edition, discussion)["title"]

    def is_blocked(self, account: str) -> bool:
        """Whether the member may do nothing any more. Raises NotFound for who has left."""
        return bool(self._accounts.profile(account=account).get("blocked"))

    def cause(self, target: ReplyTarget, text: str) -> str | None:
        """Why a reply cannot be posted; None where it can."""
        if len(text) > comments.MAX_TEXT:
            return decisions.TOO_LONG
        try:
            self.check(target, text)
        except Conflict as error:
            return decisions.CLOSED if error.code == "consultation.discussion_closed" else decisions.REMOVED
        except NotFound:
            return decisions.REMOVED
        except Invalid:
            return decisions.NOT_ACCEPTABLE
        return None

    def check(self, target: ReplyTarget, text: str) -> None:
        """Raises NotFound (discussion, comment), Conflict (closed, comment hidden or deleted), Invalid (text)."""
        discussions.require_open(self._discussions.discussion(target.edition, target.discussion))
        if target.comment:
            comment = self._comments.find(target.discussion, target.comment)
            starts_thread = comment["thread"] == target.comment
            root = comment if starts_thread else self._comments.find(target.discussion, comment["thread"])
            comments.require_replies(comment, root)
        comments.checked(text)

    def post(self, target: ReplyTarget, text: str, message_key: str, at: datetime) -> comments.Comment:
        """Post it in the open transaction, after `check`; returns the comment."""
        author = self._accounts.profile(account=target.account)
        return self._posting.post(
            target.edition,
            target.discussion,
            author,
            text,
            via="mail",
            parent=target.comment or None,
            message_id=message_key,
            at=at,
        )


REPLIES = Counter("wsis_consultation_replies_total", "Replies by mail, by what became of them", ["outcome", "reason"])

_PURPOSE = "consultation reply"
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,200}@[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,200}>")


class ReceivingCases:
    """What is done with mails. All of it runs in one transaction with the note that the mail is handled.

    `authserv_id` is the id of our own MTA in Authentication-Results; `sender` is From of our mails; `limit` is comments
    by mail in a day.
    """

    def __init__(
        self,
        replies: Replies,
        addresses: ReplyAddresses,
        posting: ReplyPosting,
        accounts: ServiceProxy,
        *,
        authserv_id: str,
        sender: str,
        limit: int,
    ) -> None:
        self._replies, self._addresses, self._posting, self._accounts = replies, addresses, posting, accounts
        self._authserv_id, self._sender = authserv_id, parseaddr(sender)[1]
        self._limit = limit

    @inbound_mail
    def receive_reply(self, mail: InboundMail, blobs: BlobStore) -> None:
        """Handle a mail, and remove its raw text from `blobs`."""
        decision = self._handle(mail, b"".join(blobs.open(mail.blob)))
        after_commit(REPLIES.labels(decision.outcome, decision.reason).inc)
        blobs.delete(mail.blob)

    def _handle(self, mail: InboundMail, raw: bytes) -> Decision:
        target = self._addresses.target(mail.recipient)
        try:
            received = mails.read(raw)
        except mails.Unreadable:
            return Decision(decisions.IGNORE, "unreadable")
        reason = senders.reason(received, mail.sender)
        if reason is not None or target is None:
            return Decision(decisions.IGNORE, reason or "no_address")
        contacts = self._accounts.contacts(ids=[target.account])
        if not contacts or self._posting.is_blocked(target.account):
            return Decision(decisions.IGNORE, "no_account")
        is_authentic = senders.is_author(received, contacts[0]["email"]) and senders.is_authentic(
            received, self._authserv_id
        )
        # A forged mail must not stand for the authentic one of the same Message-ID.
        key = keys.digest(_PURPOSE, f"{target.account}|{is_authentic}|{received.message_id or mail.id}")
        if self._replies.is_known(key):
            return Decision(decisions.IGNORE, "repeated")
        return self._carry_out(mail, received, target, key, contacts[0]["names"], is_authentic=is_authentic)

    def _carry_out(
        self,
        mail: InboundMail,
        received: ReceivedMail,
        target: ReplyTarget,
        key: str,
        name: str,
        *,
        is_authentic: bool,
    ) -> Decision:
        text, cause = decisions.text_of(received.body, mail.recipient, self._sender, name=name)
        if not self._addresses.is_in_force(target):
            cause = decisions.TURNED_OFF
        moment = mail.received_at
        text_key = decisions.text_key(text)
        decision = decisions.decide(
            is_authentic=is_authentic,
            cause=cause or self._posting.cause(target, text),
            records=self._replies.records(target.account, moment - decisions.DAY, moment),
            discussion=target.discussion,
            text_key=text_key,
            limit=self._limit,
        )
        if decision.outcome == decisions.IGNORE:
            return decision
        place = {"account": target.account, "edition": target.edition, "discussion": target.discussion}
        events = []
        if decision.outcome == decisions.POST:
            self._posting.post(target, text, key, moment)
        elif decision.outcome == decisions.HOLD:
            self._hold(target, text, key, moment)
            events = [new_event(REPLY_HELD, subject=target.discussion, held=key, **place)]
        else:
            events = [new_event(REPLY_REFUSED, subject=target.discussion, cause=decision.reason, mail=key, **place)]
        record: decisions.Record = {
            "_id": key,
            "account": target.account,
            "discussion": target.discussion,
            "outcome": decision.outcome,
            "reason": decision.reason,
            "text_key": text_key,
            "at": moment,
            "message_id": received.message_id if _MESSAGE_ID.fullmatch(received.message_id) else "",
        }
        self._replies.record(record, *events)
        return decision

    def _hold(self, target: ReplyTarget, text: str, key: str, moment: datetime) -> None:
        self._replies.hold(
            {
                "_id": key,
                "account": target.account,
                "epoch": target.epoch,
                "edition": target.edition,
                "discussion": target.discussion,
                "comment": target.comment,
                "text": text,
                "at": moment,
                "expires_at": moment + decisions.HELD_FOR,
            }
        )

    @rpc
    def explain_refused_reply(self, data: Input, account: str) -> JsonObject:
        """What the mail about a refused reply says. Raises NotFound."""
        record = self._replies.mail(data["mail"])
        message_id = record["message_id"] if record else None
        return {
            "title": self._posting.title(data["edition"], data["discussion"]),
            "cause": data["cause"],
            "headers": {"In-Reply-To": message_id, "References": message_id} if message_id else {},
        }
