"""Who comments by replying to mails."""

from __future__ import annotations

from typing import Any

from wsis_shared.context import Context
from wsis_shared.operations import rpc

from wsis_consultation.discussions.use_cases.addresses import ReplyAddresses
from wsis_consultation.editions.store.editions import Editions
from wsis_consultation.replies.rules import decisions
from wsis_consultation.replies.store import Replies

Row = dict[str, Any]


class PreferenceCases:
    """What a member says about replies by mail; off unless they turn them on."""

    def __init__(self, editions: Editions, replies: Replies, addresses: ReplyAddresses) -> None:
        self._editions, self._replies, self._addresses = editions, replies, addresses

    @rpc
    def read_reply_preference(self, ctx: Context, edition: str) -> Row:
        """The preference of the reader. Raises NotFound."""
        self._editions.find(edition)
        return self._to_response(self._replies.preference(str(ctx.actor.id)))

    @rpc(writes=True)
    def set_reply_preference(self, ctx: Context, edition: str, body: Row) -> Row:
        """Turn replies on or off. Raises NotFound, Conflict."""
        self._editions.find(edition)
        account = str(ctx.actor.id)
        changed = decisions.turned(
            self._replies.preference(account), account, enabled=body["enabled"], at=ctx.received_at
        )
        return self._to_response(self._replies.save_preference(changed))

    def _to_response(self, preference: Row | None) -> Row:
        return {
            "enabled": preference is not None and preference["enabled"], "available": self._addresses.available,
        }  # fmt: skip
