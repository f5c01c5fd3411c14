"""Own entries: a draft may have gaps, codes and lengths are checked at once."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.json_types import Input
from wsis_shared.schemas import (
    Locale,
    Localised,
    PageQuery,
    RequestSchema,
    ResponseSchema,
    StakeholderType,
    Text,
    Utc,
    page_of,
)

from wsis_stocktaking.register.rules.contents import (
    COVERAGES,
    DESCRIPTION_LENGTH,
    KINDS,
    NAME_LENGTH,
    STATUSES,
    TITLE_LENGTH,
)
from wsis_stocktaking.register.rules.entries import STATES, VISIBILITIES
from wsis_stocktaking.register.schemas import (
    Content,
    ContentBody,
    NamedLineBody,
    Organization,
    OrganizationBody,
    Prize,
)

_NOBODY = {"name": None, "type": None, "country": None, "website": None}


class DraftOrganizationBody(OrganizationBody):
    """Details of the organization, as far as they are known."""

    name = Text(load_default=None, allow_none=True, max_length=NAME_LENGTH)
    type = StakeholderType(load_default=None, allow_none=True)


def _code(codes: tuple[str, ...]) -> fields.String:
    return fields.String(load_default=None, allow_none=True, validate=validate.OneOf(codes))


class DraftContentBody(ContentBody):
    """A content with gaps."""

    title = Localised(load_default=dict, max_length=TITLE_LENGTH)
    description = Localised(load_default=dict, max_length=DESCRIPTION_LENGTH)
    original_language = Locale(load_default=None, allow_none=True)
    organization = fields.Nested(DraftOrganizationBody, load_default=lambda: dict(_NOBODY))
    kind = _code(KINDS)
    coverage = _code(COVERAGES)
    status = _code(STATUSES)
    action_lines = fields.List(fields.Nested(NamedLineBody), load_default=list, validate=validate.Length(max=18))

    def _agrees(self, data: Input, **_: object) -> None:
        """What must agree is checked when the draft is submitted: no hook of marshmallow."""


class ContactBody(RequestSchema):
    """Whom the secretariat asks about the entry. Never public."""

    name = Text(required=True, max_length=200)
    email = fields.Email(required=True, validate=validate.Length(max=254))


class NewDraft(RequestSchema):
    """A draft."""

    content = fields.Nested(DraftContentBody, required=True)
    contact = fields.Nested(ContactBody, load_default=None, allow_none=True)


def version_field() -> fields.Integer:
    """The `version` of the entry that somebody read."""
    return fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=1, max=2**31),
        metadata={"description": "The version that was read: 409 where it changed meanwhile"},
    )


class DraftBody(NewDraft):
    """A draft in place of the former one."""

    version = version_field()


class VersionBody(RequestSchema):
    """The entry as it was read."""

    version = version_field()


class SubmissionBody(VersionBody):
    """The entry as it was read, and the licence under which its texts are published."""

    licence = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=300),
        metadata={"description": "The address in `licence` of the entry, agreed to; needed where one is set"},
    )


class OwnQuery(PageQuery):
    """Filters of own entries."""

    state = fields.String(load_default=None, validate=validate.OneOf(STATES), metadata={"description": "Of the draft"})


class EntryRow(ResponseSchema):
    """An entry in a list."""

    id = fields.String(required=True)
    title = fields.String(required=True, metadata={"description": "Of the draft, else of what is public"})
    visibility = fields.String(validate=validate.OneOf(VISIBILITIES))
    state = fields.String(allow_none=True, metadata={"description": "Of the draft: draft, submitted or returned"})
    reason = fields.String(allow_none=True, metadata={"description": "Why the draft was returned"})
    proposed_from = fields.String(
        allow_none=True,
        metadata={"description": "The register whose import proposes the draft: yours to submit or discard"},
    )
    revision = fields.Integer(metadata={"description": "0 before the first publication"})
    version = fields.Integer()
    source = fields.String()
    changed_at = Utc()
    submitted_at = Utc(allow_none=True)
    merged_into = fields.String(allow_none=True)
    freshness = fields.String(
        allow_none=True, metadata={"description": "green, yellow, red or unknown; null before publication"}
    )


OwnPage = page_of(EntryRow, "OwnEntryPage")


class DraftOrganization(Organization):
    """Details of the organization, as far as they are known."""

    name = fields.String(allow_none=True)
    type = fields.String(allow_none=True)


class DraftContent(Content):
    """A content with gaps."""

    original_language = fields.String(allow_none=True)
    organization = fields.Nested(DraftOrganization)
    kind = fields.String(allow_none=True)
    coverage = fields.String(allow_none=True)
    status = fields.String(allow_none=True)


class Contact(ResponseSchema):
    """Whom the secretariat asks."""

    name = fields.String()
    email = fields.String()


class OutsideMatrix(ResponseSchema):
    """A line and a goal that the WSIS-SDG Matrix does not link."""

    line = fields.String(required=True)
    sdg = fields.Integer(required=True)


class WholeEntry(EntryRow):
    """An entry with its draft and what is public."""

    draft = fields.Nested(DraftContent, allow_none=True)
    content = fields.Nested(Content, allow_none=True, metadata={"description": "What was approved last"})
    based_on = fields.Integer(allow_none=True, metadata={"description": "Revision in force when the draft began"})
    prize = fields.Nested(Prize, allow_none=True)
    published_at = Utc(allow_none=True)
    last_updated_at = Utc(allow_none=True)
    contact = fields.Nested(Contact, allow_none=True)
    outside_matrix = fields.List(fields.Nested(OutsideMatrix), metadata={"description": "Flagged, never refused"})


class Consent(ResponseSchema):
    """To a licence."""

    licence = fields.String(required=True, metadata={"description": "Its address"})
    at = Utc(required=True)


class OwnEntry(WholeEntry):
    """An own entry."""

    licence = fields.String(
        metadata={"description": "Address of the licence that a submission agrees to; empty: none is asked"}
    )
    consent = fields.Nested(Consent, allow_none=True, metadata={"description": "Under which the public entry stands"})
    editor = fields.Boolean(metadata={"description": "Somebody else owns it, and lets you edit it"})
    missing = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "What a submission would refuse, by field"},
    )
