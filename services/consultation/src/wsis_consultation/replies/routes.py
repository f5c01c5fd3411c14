"""Routes of replies by e-mail to a discussion."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route

from wsis_consultation.replies import schemas

_EDITION = "/v1/consultations/{edition}"
_PREFERENCE = f"{_EDITION}/me/reply-by-mail"
_HELD = f"{_EDITION}/held-replies/{{held}}"
_TAKE_PART = "consultation:take_part"
_NO_EDITION, _NO_REPLY = "consultation.edition_unknown", "consultation.held_reply_unknown"

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        _PREFERENCE,
        handler="read_reply_preference",
        summary="Whether one comments by replying to mails",
        response=schemas.ReplyPreference,
        permission=_TAKE_PART,
        error_codes=(_NO_EDITION,),
    ),
    Route(
        "PUT",
        _PREFERENCE,
        handler="set_reply_preference",
        summary="Turn replies by mail on or off",
        description="For all editions. While it is on, the mails of discussions have a reply address of one's own. "
        "Turning it off revokes the addresses of all mails so far.",
        body=schemas.ReplyPreferenceBody,
        response=schemas.ReplyPreference,
        permission=_TAKE_PART,
        error_codes=(_NO_EDITION,),
    ),
    Route(
        "POST",
        f"{_HELD}/reading",
        handler="read_held_reply",
        summary="Read a reply that waits for its member",
        description="A reply whose sender is not certain is not posted: the member gets a link by mail. "
        "Changes nothing.",
        body=schemas.HeldReplyToken,
        response=schemas.HeldReply,
        permission=PUBLIC,
        error_codes=(_NO_REPLY,),
    ),
    Route(
        "POST",
        f"{_HELD}/confirmation",
        handler="confirm_held_reply",
        summary="Post a reply that waits",
        status=201,
        description="Once, with the token of the mailed link, until it expires.",
        body=schemas.HeldReplyToken,
        response=schemas.PostedReply,
        permission=PUBLIC,
        error_codes=(
            _NO_REPLY,
            "consultation.discussion_closed",
            "consultation.comment_removed",
            "consultation.comment_unknown",
            "consultation.discussion_unknown",
        ),
    ),
)
