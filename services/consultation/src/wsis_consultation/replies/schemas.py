"""Replies by mail: the member's preference, and replies that wait for a confirmation."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import RequestSchema, ResponseSchema, Utc

_TOKEN = validate.Regexp(r"\A[0-9a-f]{32}\Z", error="32 hexadecimal digits.")


class ReplyPreferenceBody(RequestSchema):
    """Turn replies by mail on or off."""

    enabled = fields.Boolean(
        required=True,
        truthy={True},
        falsy={False},
        metadata={"description": "Off revokes all reply addresses that were mailed"},
    )


class ReplyPreference(ResponseSchema):
    """Whether the member comments by replying to mails."""

    enabled = fields.Boolean(required=True)
    available = fields.Boolean(required=True, metadata={"description": "Whether the suite receives mail at all"})


class HeldReplyToken(RequestSchema):
    """What the mailed link has. It is in no address: servers and browsers keep those."""

    token = fields.String(required=True, validate=_TOKEN)


class HeldReply(ResponseSchema):
    """A reply that is posted when its member confirms it."""

    id = fields.String(required=True)
    edition = fields.String(required=True)
    discussion = fields.String(required=True)
    title = fields.String(required=True, metadata={"description": "Title of the discussion"})
    text = fields.String(required=True, metadata={"description": "What would be posted"})
    received_at = Utc(required=True)
    expires_at = Utc(required=True)


class PostedReply(ResponseSchema):
    """The comment that a reply became."""

    edition = fields.String(required=True)
    discussion = fields.String(required=True)
    number = fields.Integer(required=True)
