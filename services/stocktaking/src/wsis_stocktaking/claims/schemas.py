"""Schemas of claims."""

from __future__ import annotations

import re

from marshmallow import ValidationError, fields, validate, validates_schema
from wsis_shared import typed_codes
from wsis_shared.json_types import Input
from wsis_shared.schemas import Email, Id, PageQuery, RequestSchema, ResponseSchema, Text, Utc, page_of

from wsis_stocktaking.claims.rules import CODE_LENGTH, DECISIONS, STATES

_DIGITS = re.compile(f"[0-9]{{{CODE_LENGTH}}}")


class ClaimBody(RequestSchema):
    """An address that proves the claim, or a message to the officers who decide without one."""

    entry = Id(required=True)
    email = Email(load_default=None, allow_none=True)
    message = Text(load_default=None, allow_none=True, max_length=2000, many_lines=True)

    @validates_schema
    def _one_way(self, data: Input, **_: object) -> None:
        if bool(data["email"]) == bool(data["message"]):
            raise ValidationError("Give an address, or a message to the officers.", "email")


class _Code(fields.String):
    """Digits in any script, with or without spaces."""

    def _deserialize(self, value: object, attr: str | None, data: Input | None, **kwargs: object) -> str:
        typed: str = super()._deserialize(value, attr, data, **kwargs)
        digits = typed_codes.plain(typed[: 3 * CODE_LENGTH])
        if len(typed) > 3 * CODE_LENGTH or not _DIGITS.fullmatch(digits):
            raise ValidationError("Not a code of 8 digits.")
        return digits


class CodeBody(RequestSchema):
    """The code of the mail."""

    code = _Code(required=True)


class Claim(ResponseSchema):
    """A claim as who made it sees it."""

    id = fields.String(required=True)
    entry = fields.String(required=True)
    title = fields.String(required=True)
    organization = fields.String(required=True)
    state = fields.String(
        required=True,
        validate=validate.OneOf(STATES),
        metadata={
            "description": "mailed: the code counts if the address fits; waiting: for an officer; proved: being applied"
        },
    )
    asked_at = Utc(required=True)
    minutes = fields.Integer(metadata={"description": "How long a mailed code still counts; 0: ask for another"})
    entries = fields.Integer(allow_none=True, metadata={"description": "How many entries it gave, once it is done"})
    reason = fields.String(allow_none=True, metadata={"description": "Of an officer"})


ClaimPage = page_of(Claim, "OwnClaimPage")


class WaitingClaim(Claim):
    """A claim as officers see it."""

    account = fields.String(required=True)
    message = fields.String(allow_none=True)
    proof = fields.String(allow_none=True, metadata={"description": "domain, contact or officer"})
    decided_at = Utc(allow_none=True)


WaitingClaimPage = page_of(WaitingClaim, "ClaimPage", counted=True)


class Claimant(ResponseSchema):
    """Who claims."""

    name = fields.String(allow_none=True)
    organization = fields.String(allow_none=True)
    country = fields.String(allow_none=True)


class ClaimToDecide(WaitingClaim):
    """A claim with what an officer compares."""

    version = fields.Integer()
    claimant = fields.Nested(Claimant, allow_none=True, metadata={"description": "null: erased"})
    owned = fields.Boolean(required=True, metadata={"description": "Somebody has become the owner meanwhile"})


class ClaimsQuery(PageQuery):
    """Which claims."""

    state = fields.String(load_default="waiting", validate=validate.OneOf(STATES))


class DecisionBody(RequestSchema):
    """What becomes of a claim."""

    decision = fields.String(required=True, validate=validate.OneOf(DECISIONS))
    version = fields.Integer(
        load_default=None, allow_none=True, strict=True, metadata={"description": "That was read: 409 if it changed"}
    )
    whole = fields.Boolean(
        load_default=False,
        metadata={
            "description": "With grant: all entries without an owner under this name of the organization, not this one"
        },
    )
    reason = Text(required=True, max_length=1000, many_lines=True)
