"""The call, mechanisms and nominations."""

from __future__ import annotations

from typing import Unpack

from marshmallow import fields, validate
from wsis_shared import reference
from wsis_shared.field_options import FieldOptions
from wsis_shared.schemas import (
    ONE_LANGUAGE,
    Country,
    Id,
    Locale,
    Localised,
    RequestSchema,
    ResponseSchema,
    Text,
    Utc,
    page_of,
    reason,
)

from wsis_consultation.facilitators.rules.candidates import CONSENTS, GENDERS, NOT_STATED, STATES

CONSTITUENCIES = tuple(kind.code for kind in reference.stakeholder_types() if "consultation" in kind.processes)


def constituency(**options: Unpack[FieldOptions]) -> fields.String:
    """One of the stakeholder types of the consultation."""
    return fields.String(validate=validate.OneOf(CONSTITUENCIES), **options)


class CallBody(RequestSchema):
    """A change of the call. The deadline is one of the edition."""

    text = Localised(change=True, max_length=10_000, validate=ONE_LANGUAGE)
    opens_at = Utc()
    bio_words = fields.Integer(strict=True, validate=validate.Range(min=10, max=2000))
    reason = reason()


class Call(ResponseSchema):
    """The call for facilitators."""

    edition = fields.String(required=True)
    text = fields.String(required=True)
    language = fields.String(metadata={"description": "Of the text: the reader's, else English, else the first"})
    texts = fields.Dict(keys=fields.String(), values=fields.String(), metadata={"description": "By language"})
    opens_at = Utc(required=True)
    closes_at = Utc(required=True)
    open = fields.Boolean(required=True)
    bio_words = fields.Integer(required=True, metadata={"description": "Words that a biography may have"})


class MechanismBody(RequestSchema):
    """A coordination mechanism and the accounts that nominate for it."""

    name = Text(max_length=300, required=True)
    constituencies = fields.List(constituency(), required=True, validate=validate.Length(min=1, max=6))
    coordinators = fields.List(Id(), required=True, validate=validate.Length(max=50))
    base = fields.Integer(
        strict=True,
        validate=validate.Range(min=1, max=10**9),
        metadata={"description": "`version` of the mechanism that was read; 409 where there is another by now"},
    )
    reason = reason()


class Mechanism(ResponseSchema):
    """A coordination mechanism."""

    id = fields.String(attribute="slug", required=True)
    name = fields.String(required=True)
    constituencies = fields.List(fields.String(), required=True)


class ListedMechanism(Mechanism):
    """A mechanism, and whether the reader coordinates it."""

    mine = fields.Boolean(required=True)


class ManagedMechanism(Mechanism):
    """A mechanism as officers see it."""

    coordinators = fields.List(fields.String(), required=True, metadata={"description": "Ids of accounts"})
    version = fields.Integer(required=True)


class Mechanisms(ResponseSchema):
    """The mechanisms of an edition."""

    items = fields.List(fields.Nested(ListedMechanism), required=True)


class NominationBody(RequestSchema):
    """A candidate whom a mechanism nominates."""

    mechanism = Id(required=True)
    constituency = constituency(required=True)
    full_name = Text(max_length=200, required=True)
    organization = Text(max_length=300, load_default=None, allow_none=True)
    country = Country(load_default=None, allow_none=True)
    gender = fields.String(load_default=NOT_STATED, validate=validate.OneOf(GENDERS))
    bio = Text(max_length=5000, required=True, many_lines=True)
    language = Locale(required=True, metadata={"description": "Language of the biography"})
    email = fields.Email(required=True, validate=validate.Length(max=254))
    locale = Locale(load_default="en", metadata={"description": "Language of mails to the candidate"})
    endorsement = Text(
        max_length=3000,
        load_default=None,
        allow_none=True,
        many_lines=True,
        metadata={"description": "Why the mechanism nominates the candidate"},
    )


class AcceptedNominationBody(NominationBody):
    """A nomination that an officer files, after the deadline too."""

    reason = reason()


class Nomination(ResponseSchema):
    """A nomination as its nominator sees it."""

    id = fields.String(required=True)
    number = fields.Integer(required=True)
    mechanism_name = fields.String(required=True)
    constituency = fields.String(required=True)
    full_name = fields.String(required=True)
    organization = fields.String(allow_none=True)
    country = fields.String(allow_none=True)
    gender = fields.String(required=True)
    bio = fields.String(required=True)
    language = fields.String(required=True)
    email = fields.String(required=True)
    endorsement = fields.String(allow_none=True)
    received_at = Utc(required=True)
    late = fields.Boolean(required=True)
    consent = fields.String(
        required=True, validate=validate.OneOf(CONSENTS), metadata={"description": "What the candidate said"}
    )
    state = fields.String(required=True, validate=validate.OneOf(STATES))


NominationPage = page_of(Nomination, "NominationPage")
