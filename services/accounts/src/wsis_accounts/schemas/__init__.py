"""What comes in, what goes out."""

from __future__ import annotations

import re

from marshmallow import ValidationError, fields, validate, validates_schema
from wsis_shared import reference, roles, typed_codes
from wsis_shared.audit import Action
from wsis_shared.json_types import Input
from wsis_shared.schemas import (
    Country,
    Email,
    Id,
    Locale,
    PageQuery,
    RequestSchema,
    ResponseSchema,
    StakeholderType,
    Text,
    Utc,
    page_of,
)

from wsis_accounts.rules.people import STATES
from wsis_accounts.schemas.authenticators import Missing
from wsis_accounts.schemas.identities import KeptIdentity

_DIGITS = re.compile("[0-9]{6}")


class Code(fields.String):
    """Six digits in any script, with or without spaces."""

    def _deserialize(self, value: object, attr: str | None, data: Input | None, **kwargs: object) -> str:
        typed: str = super()._deserialize(value, attr, data, **kwargs)
        digits = typed_codes.plain(typed[:21])
        if len(typed) > 20 or not _DIGITS.fullmatch(digits):
            raise ValidationError("A code has six digits.")
        return digits


class DeclaredRole(validate.Validator):
    """One of the roles that the installed plugins declare, `member` left out."""

    @property
    def choices(self) -> tuple[str, ...]:
        """Read when they are needed: while the manifests load, not all are known yet."""
        return roles.installed().grantable

    def __call__(self, value: str) -> str:
        if value not in self.choices:
            raise ValidationError(f"Must be one of: {', '.join(self.choices)}.")
        return value


class Agency(fields.String):
    """The slug of an agency, for example un_habitat."""

    def _deserialize(self, value: object, attr: str | None, data: Input | None, **kwargs: object) -> str:
        slug: str = super()._deserialize(value, attr, data, **kwargs)
        if slug not in {agency.slug for agency in reference.agencies()}:
            raise ValidationError("Unknown agency.")
        return slug


class ProofOfWorkField(fields.String):
    """A solved challenge, as ALTCHA's widget makes it."""

    def __init__(self) -> None:
        super().__init__(
            load_default=None,
            allow_none=True,
            validate=validate.Length(min=1, max=4096),
            metadata={"description": "A solved challenge of GET /v1/challenges, as ALTCHA's widget makes it"},
        )


class Registration(RequestSchema):
    """The form of registration."""

    email = Email(required=True)
    given_name = Text(max_length=100, required=True)
    family_name = Text(max_length=100, required=True)
    stakeholder_type = StakeholderType(required=True)
    country = Country(required=True)
    organization = Text(max_length=200, load_default=None, allow_none=True)
    locale = Locale(load_default="en")
    challenge = ProofOfWorkField()


class Address(RequestSchema):
    """Where a code should go."""

    email = Email(required=True)
    challenge = ProofOfWorkField()


class ErasureToken(RequestSchema):
    """What the link of a mail holds."""

    token = fields.String(required=True, validate=validate.Regexp(r"\A[0-9a-f]{32}\.[0-9a-f]{32}\Z"))


class Proof(RequestSchema):
    """A code from a mail, with the address that it went to or the challenge from the mail's link."""

    email = Email()
    challenge = Id()
    code = Code(required=True)
    refresh_token = fields.String(
        validate=validate.Length(min=1, max=256),
        metadata={"description": "Of the session that this client had before: it ends"},
    )

    @validates_schema
    def _one(self, data: Input, **_: object) -> None:
        if ("email" in data) == ("challenge" in data):
            raise ValidationError("Give the address or the challenge.", "email")


class RefreshToken(RequestSchema):
    """A refresh token."""

    refresh_token = fields.String(required=True, validate=validate.Length(min=1, max=256))


class Changes(RequestSchema):
    """What people change about themselves; the address stays: another mailbox is another account."""

    given_name = Text(max_length=100)
    family_name = Text(max_length=100)
    stakeholder_type = StakeholderType()
    country = Country()
    organization = Text(max_length=200, allow_none=True)
    locale = Locale()


class Roles(RequestSchema):
    """All roles that somebody shall have beside `member`, and why."""

    roles = fields.List(fields.String(validate=DeclaredRole()), required=True, validate=validate.Length(max=20))
    agency = Agency(load_default=None, allow_none=True, metadata={"description": "For the role agency: whose"})
    reason = Text(max_length=1000, required=True)


class Reason(RequestSchema):
    """Why."""

    reason = Text(max_length=1000, required=True)


class AccountsQuery(PageQuery):
    """Filters of the officers' list."""

    role = fields.String(load_default=None, validate=DeclaredRole())
    country = Country(load_default=None)
    stakeholder_type = StakeholderType(load_default=None)
    state = fields.String(load_default=None, validate=validate.OneOf(STATES))
    q = Text(max_length=200, load_default=None, metadata={"description": "Beginnings of words, or a whole address"})


class AuditQuery(PageQuery):
    """Filters of the audit."""

    object = fields.String(
        load_default=None, validate=validate.Length(min=1, max=200), metadata={"description": "With all below it"}
    )
    actor = Id(load_default=None)
    action = fields.String(load_default=None, validate=validate.Regexp(r"\A[a-z0-9_.]{1,100}\Z"))
    since = Utc(load_default=None)
    until = Utc(load_default=None)


class Message(ResponseSchema):
    """What to do next."""

    message = fields.String(required=True)


class Tokens(ResponseSchema):
    """A session: the access token goes into `Authorization: Bearer`, the refresh token fetches the next pair."""

    access_token = fields.String(required=True)
    token_type = fields.String(required=True)
    expires_in = fields.Integer(required=True, metadata={"description": "Seconds"})
    refresh_token = fields.String(required=True)
    refresh_expires_in = fields.Integer(required=True, metadata={"description": "Seconds"})
    account = fields.String(required=True)
    missing = Missing()


class ProofOfWork(ResponseSchema):
    """A challenge for ALTCHA's widget (version 2 of its API)."""

    parameters = fields.Dict(required=True)
    signature = fields.String(required=True)
    required = fields.Boolean(required=True, metadata={"description": "Does registration demand it now?"})


class Keys(ResponseSchema):
    """A JSON Web Key Set (RFC 7517)."""

    keys = fields.List(fields.Dict(), required=True)


class Account(ResponseSchema):
    """An account, as its owner and the officers see it."""

    account = fields.String(required=True)
    state = fields.String(required=True)
    email = fields.String(allow_none=True)
    names = fields.String(allow_none=True)
    given_name = fields.String(allow_none=True)
    family_name = fields.String(allow_none=True)
    stakeholder_type = fields.String(allow_none=True)
    country = fields.String(allow_none=True)
    organization = fields.String(allow_none=True)
    locale = fields.String(allow_none=True)
    roles = fields.List(fields.String())
    proposed = fields.List(fields.String(), metadata={"description": "Roles that a second officer must grant"})
    withdrawals_proposed = fields.List(
        fields.String(), metadata={"description": "Roles that a second officer must withdraw"}
    )
    block_proposed = fields.Boolean(metadata={"description": "A second officer must ask for the block too"})
    authenticator = fields.Boolean(metadata={"description": "Has it an authenticator app?"})
    removal_proposed = fields.Boolean(
        metadata={"description": "A second officer must ask for the removal of the authenticator too"}
    )
    agency = fields.String(allow_none=True)
    confirmed_at = Utc(allow_none=True, metadata={"description": "For officers the day"})
    updated_at = Utc(allow_none=True, metadata={"description": "For officers the day"})


class OwnAccount(Account):
    """An account, as its owner sees it."""

    missing = Missing()


class Standing(ResponseSchema):
    """What an officer's action left, without personal data: answers are kept for repeats."""

    account = fields.String(required=True)
    state = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    proposed = fields.List(fields.String(), metadata={"description": "Roles that a second officer must grant"})
    withdrawals_proposed = fields.List(
        fields.String(), metadata={"description": "Roles that a second officer must withdraw"}
    )
    block_proposed = fields.Boolean(metadata={"description": "A second officer must ask for the block too"})
    authenticator = fields.Boolean(metadata={"description": "Has it an authenticator app?"})
    removal_proposed = fields.Boolean(
        metadata={"description": "A second officer must ask for the removal of the authenticator too"}
    )
    agency = fields.String(allow_none=True)


class Session(ResponseSchema):
    """A sign-in."""

    session = fields.String()
    started_at = Utc()
    used_at = Utc(allow_none=True)
    expires_at = Utc()
    ended_at = Utc(allow_none=True)
    second_factor_at = Utc(allow_none=True, metadata={"description": "When its second factor was shown"})


class OpenSession(ResponseSchema):
    """A session that goes on."""

    session = fields.String(required=True)
    current = fields.Boolean(required=True, metadata={"description": "Is it the one that asks?"})
    started_at = Utc(required=True)
    used_at = Utc(required=True, metadata={"description": "When it was refreshed last"})
    ends_at = Utc(required=True, metadata={"description": "Unless it is refreshed before"})


class Trace(ResponseSchema):
    """What is kept for the review of fraud."""

    domain = fields.String(allow_none=True)
    registered_at = Utc(allow_none=True)
    registered_from = fields.String(allow_none=True, metadata={"description": "Keyed hash of a network, unreadable"})
    confirmed_from = fields.String(allow_none=True)


class Entry(Action):
    """An entry of the audit: who, when, what before and after, why."""

    id = fields.String(required=True)
    source = fields.String(required=True)


class Export(ResponseSchema):
    """All that this service holds about a person."""

    account = fields.Nested(Account, required=True)
    trace = fields.Nested(Trace, required=True)
    sessions = fields.List(fields.Nested(Session), required=True)
    identities = fields.List(fields.Nested(KeptIdentity))
    audit = fields.List(fields.Nested(Entry), required=True)
    made_at = Utc(required=True)


AccountPage = page_of(Account, "AccountPage")
AuditPage = page_of(Entry, "AuditPage")
SessionPage = page_of(OpenSession, "SessionPage")
