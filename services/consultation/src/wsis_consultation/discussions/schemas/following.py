"""Who follows discussions and communities."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import RequestSchema, ResponseSchema

from wsis_consultation.discussions.rules.codes import MODES


class FollowBody(RequestSchema):
    """How to follow a discussion by mail."""

    mode = fields.String(required=True, validate=validate.OneOf(MODES))


class FollowCommunityBody(RequestSchema):
    """Follow a community, or no more."""

    following = fields.Boolean(required=True)


class Follow(ResponseSchema):
    """How the reader follows a discussion."""

    discussion = fields.String(required=True)
    mode = fields.String(required=True, validate=validate.OneOf(MODES))


class FollowedCommunity(ResponseSchema):
    """A community, and whether the reader follows it."""

    code = fields.String(required=True)
    title = fields.String(required=True, metadata={"description": "In the reader's language"})
    following = fields.Boolean(required=True)


class FollowedCommunities(ResponseSchema):
    """The communities of an edition."""

    items = fields.List(fields.Nested(FollowedCommunity), required=True)


class Follows(ResponseSchema):
    """What the reader follows."""

    items = fields.List(fields.Nested(Follow), required=True)
