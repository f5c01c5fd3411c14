"""Entrypoints of replies."""

from __future__ import annotations

from typing import Any

from wsis_shared import context
from wsis_shared.bus import Composed, InboundMail, Service, inbound_mail, rpc

from wsis_consultation.use_cases.replies import compose

Row = dict[str, Any]


class RepliesEntrypoints(Service):
    """Replies by e-mail to a discussion."""

    replies = Composed(compose, calls=("accounts.contacts", "accounts.profile"))

    @rpc
    def read_reply_preference(self, edition: str) -> Row:
        """Whether the member comments by mail."""
        return self.replies.preferences.read(context.current(), edition)

    @rpc(writes=True)
    def set_reply_preference(self, edition: str, body: Row) -> Row:
        """Turn it on or off."""
        return self.replies.preferences.turn(context.current(), edition, body)

    @inbound_mail
    def receive_reply(self, mail: InboundMail) -> None:
        """Post the reply, or decide what else becomes of it."""
        self.replies.receiving.receive(mail, self.bus.blobs)

    @rpc
    def read_held_reply(self, edition: str, held: str, body: Row) -> Row:
        """A reply that waits."""
        return self.replies.confirming.read(context.current(), edition, held, body["token"])

    @rpc(writes=True)
    def confirm_held_reply(self, edition: str, held: str, body: Row) -> Row:
        """Post it."""
        return self.replies.confirming.confirm(context.current(), edition, held, body["token"])

    @rpc(store_response=False)
    def offer_confirmation(self, data: Row, account: str) -> Row:
        """The mail with the link to the member; called by notifications."""
        return self.replies.confirming.offer(data)

    @rpc
    def explain_refused_reply(self, data: Row, account: str) -> Row:
        """The mail that answers a reply; called by notifications."""
        return self.replies.receiving.explain(data)
