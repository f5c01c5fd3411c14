"""What members decide: whether they reply by mail, and replies that wait for them."""

from __future__ import annotations

from wsis_shared import keys
from wsis_shared.context import Context
from wsis_shared.errors import NotFound
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc

from wsis_consultation.discussions.rules.addresses import ReplyPreference, ReplyTarget
from wsis_consultation.discussions.store import ReplyPreferences
from wsis_consultation.discussions.use_cases.addresses import ReplyAddresses
from wsis_consultation.editions.store import Editions
from wsis_consultation.people.store import fits
from wsis_consultation.replies.rules import decisions
from wsis_consultation.replies.store import Replies
from wsis_consultation.replies.use_cases.receiving import ReplyPosting

_PURPOSE = "consultation held reply"
_TOKEN_DIGITS = 32  # 128 bits


class ConfirmingCases:
    """What the holder of the link may do."""

    def __init__(self, replies: Replies, posting: ReplyPosting) -> None:
        self._replies, self._posting = replies, posting

    @rpc(store_response=False)
    def offer_confirmation(self, data: Input, account: str) -> JsonObject:
        """What the mail with the link says. The token is in no event and not stored. Raises NotFound."""
        held = self._replies.mail(data["held"])
        if held is None:
            raise NotFound("consultation.held_reply_unknown")
        url = f"page:/consultations/{data['edition']}/replies#{data['held']}.{_token(data['held'])}"
        return {"title": self._posting.title(data["edition"], data["discussion"]), "url": url}

    @rpc
    def read_held_reply(self, ctx: Context, edition: str, held: str, body: Input) -> JsonObject:
        """What would be posted. Raises NotFound."""
        found = self._find(ctx, edition, held, body["token"])
        return {
            "id": held,
            "edition": edition,
            "discussion": found["discussion"],
            "title": self._posting.title(edition, found["discussion"]),
            "text": found["text"],
            "received_at": found["at"],
            "expires_at": found["expires_at"],
        }

    @rpc(writes=True)
    def confirm_held_reply(self, ctx: Context, edition: str, held: str, body: Input) -> JsonObject:
        """Post it, once, in the open transaction. Raises NotFound, Conflict."""
        found = self._find(ctx, edition, held, body["token"])
        target = ReplyTarget(found["account"], found["epoch"], found["discussion"], found["comment"])
        self._posting.check(target, found["text"])
        self._replies.release(held)
        comment = self._posting.post(target, found["text"], held, ctx.received_at)
        return {"edition": edition, "discussion": comment["discussion"], "number": comment["n"]}

    def _find(self, ctx: Context, edition: str, held: str, token: str) -> decisions.HeldReply:
        if not fits(token, _token(held)):
            raise NotFound("consultation.held_reply_unknown")
        found = self._replies.held(held, ctx.received_at)
        if found["edition"] != edition or self._posting.is_blocked(found["account"]):
            raise NotFound("consultation.held_reply_unknown")
        return found


def _token(held: str) -> str:
    return keys.digest(_PURPOSE, held)[:_TOKEN_DIGITS]


class PreferenceCases:
    """What a member says about replies by mail; off unless they turn them on."""

    def __init__(self, editions: Editions, preferences: ReplyPreferences, addresses: ReplyAddresses) -> None:
        self._editions, self._preferences, self._addresses = editions, preferences, addresses

    @rpc
    def read_reply_preference(self, ctx: Context, edition: str) -> JsonObject:
        """The preference of the reader. Raises NotFound."""
        self._editions.find(edition)
        return self._to_response(self._preferences.preference(str(ctx.actor.id)))

    @rpc(writes=True)
    def set_reply_preference(self, ctx: Context, edition: str, body: Input) -> JsonObject:
        """Turn replies on or off. Raises NotFound, Conflict."""
        self._editions.find(edition)
        account = str(ctx.actor.id)
        changed = decisions.turned(
            self._preferences.preference(account), account, enabled=body["enabled"], at=ctx.received_at
        )
        return self._to_response(self._preferences.save_preference(changed))

    def _to_response(self, preference: ReplyPreference | None) -> JsonObject:
        return {
            "enabled": preference is not None and preference["enabled"],
            "available": self._addresses.available,
        }
