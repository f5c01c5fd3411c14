"""Receipts of votes, and the keys that sign them."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import RequestSchema, ResponseSchema

from wsis_voting.ballots.schemas import Exclusion
from wsis_voting.public_log.rules.receipt_states import STATES
from wsis_voting.public_log.schemas import LogHead


class Key(ResponseSchema):
    """A public signing key."""

    key_id = fields.String(required=True, metadata={"description": "First 16 hex digits of the key's SHA-256"})
    algorithm = fields.String(required=True)
    public_key = fields.String(required=True, metadata={"description": "32 bytes in hex (RFC 8032)"})


class SigningKeys(ResponseSchema):
    """The keys of an edition."""

    edition = fields.String(required=True)
    keys = fields.List(fields.Nested(Key), required=True)


class ShownReceipt(RequestSchema):
    """A receipt that somebody shows."""

    receipt = fields.Dict(
        keys=fields.String(validate=validate.Length(max=40)), required=True, validate=validate.Length(max=20)
    )


class ReceiptIsValid(ResponseSchema):
    """It is one of ours."""

    valid = fields.Boolean(required=True)
    key_id = fields.String(required=True)


class ReceiptState(ResponseSchema):
    """What became of the vote behind a receipt, with the proof that it is in the tree of `head`."""

    edition = fields.String(required=True)
    commitment = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    excluded = fields.Nested(
        Exclusion, allow_none=True, metadata={"description": "For its voter, signed in: the ballot is excluded"}
    )
    reason = fields.String(allow_none=True)
    index = fields.Integer()
    size = fields.Integer()
    head = fields.Nested(LogHead)
    proof = fields.List(fields.String())
    void_index = fields.Integer(allow_none=True)
