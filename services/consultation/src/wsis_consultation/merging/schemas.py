"""Similar submissions and mergers in requests and responses."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.schemas import RequestSchema, ResponseSchema, Text, Utc, reason


class SimilarRow(ResponseSchema):
    """A submission that looks like the same, for officers."""

    id = fields.String(required=True)
    receipt = fields.String(required=True)
    organization = fields.String(required=True)
    country = fields.String(required=True)
    language = fields.String(required=True)
    received_at = Utc(required=True)
    score = fields.Integer(required=True, metadata={"description": "65 to 100"})
    likely = fields.Boolean(required=True, metadata={"description": "From 80 on"})


class SimilarList(ResponseSchema):
    """At most 10, the most alike first."""

    items = fields.List(fields.Nested(SimilarRow), required=True)


class KnownSimilarRow(ResponseSchema):
    """A submission that looks like a draft, for its writer: public, or of the own address."""

    receipt = fields.String(required=True)
    organization = fields.String(required=True)
    country = fields.String(required=True)
    language = fields.String(required=True)
    public = fields.Boolean(required=True, metadata={"description": "Everybody may read it by its receipt"})
    own = fields.Boolean(required=True, metadata={"description": "Of the own address"})
    score = fields.Integer(required=True)
    likely = fields.Boolean(required=True)


class KnownSimilarList(ResponseSchema):
    """At most 10, the most alike first."""

    items = fields.List(fields.Nested(KnownSimilarRow), required=True)


class MergerBody(RequestSchema):
    """Into which one, and why."""

    into = Text(required=True, max_length=40, metadata={"description": "Receipt of the submission that stays"})
    reason = reason()


class SeparationBody(RequestSchema):
    """Why."""

    reason = reason()


class Merger(ResponseSchema):
    """Both submissions."""

    id = fields.String(required=True)
    edition = fields.String(required=True)
    receipt = fields.String(required=True)
    state = fields.String(required=True, metadata={"description": "merged; received again after a separation"})
    other = fields.String(required=True, metadata={"description": "Receipt of the other one"})
