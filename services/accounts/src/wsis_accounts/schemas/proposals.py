"""What one officer proposes about an account, and another one decides on."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.schemas import RequestSchema, ResponseSchema, Text, Utc

from wsis_accounts.schemas import Account
from wsis_accounts.schemas.identities import Identity


class Decision(RequestSchema):
    """Which proposal is approved or refused, and why."""

    proposed_at = Utc(required=True, metadata={"description": "As `proposals` of the account says"})
    reason = Text(max_length=1000, required=True)


class Proposal(ResponseSchema):
    """What an officer asks for, and another one approves or refuses as a whole."""

    proposed_at = Utc(required=True)
    lapses_at = Utc(required=True)
    by = fields.String(required=True, allow_none=True, metadata={"description": "The account of who proposes it"})
    by_names = fields.String(required=True, allow_none=True)
    own = fields.Boolean(required=True, metadata={"description": "Does the reader propose it?"})
    reason = fields.String(required=True, allow_none=True)
    granted = fields.List(fields.String(), required=True, metadata={"description": "Roles that it gives"})
    withdrawn = fields.List(fields.String(), required=True, metadata={"description": "Roles that it takes"})
    block = fields.Boolean(required=True, metadata={"description": "Does it block the account?"})
    removal = fields.Boolean(required=True, metadata={"description": "Does it remove the authenticator?"})
    roles = fields.List(
        fields.String(), required=True, metadata={"description": "Those of the account then, beside `member`"}
    )


class ReadAccount(Account):
    """An account as an officer reads it."""

    proposals = fields.List(fields.Nested(Proposal), metadata={"description": "What awaits another officer"})
    identities = fields.List(
        fields.Nested(Identity), metadata={"description": "Those at providers that open it; times by the day"}
    )
