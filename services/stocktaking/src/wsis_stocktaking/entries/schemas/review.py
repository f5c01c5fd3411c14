"""The queue of the officers and their decisions; the call for updates."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validate, validates_schema
from wsis_shared.json_types import Input
from wsis_shared.schemas import (
    ActionLine,
    Country,
    Id,
    PageQuery,
    RequestSchema,
    ResponseSchema,
    StakeholderType,
    Utc,
    page_of,
    reason,
)

from wsis_stocktaking.duplicates.schemas import Candidate
from wsis_stocktaking.entries.schemas.own import Contact, EntryRow, VersionBody, WholeEntry, version_field
from wsis_stocktaking.register.rules.contents import KINDS
from wsis_stocktaking.register.rules.entries import APPROVE, DECISIONS, SOURCES
from wsis_stocktaking.register.schemas import ContentBody, itu_region

_REASON_NEEDED = "A reason is needed."


class ReviewQuery(PageQuery):
    """Filters of the queue."""

    action_line = ActionLine(load_default=None)
    country = Country(load_default=None)
    stakeholder_type = StakeholderType(load_default=None)
    kind = fields.String(load_default=None, validate=validate.OneOf(KINDS))
    source = fields.String(load_default=None, validate=validate.OneOf(SOURCES))
    is_update = fields.Boolean(
        load_default=None, metadata={"description": "Only entries that were public before, or only new ones"}
    )


class ReviewRow(EntryRow):
    """An entry that waits for review; organization, lines and countries are those of the draft."""

    organization = fields.String(allow_none=True)
    stakeholder_type = fields.String(allow_none=True)
    action_lines = fields.List(fields.String())
    countries = fields.List(fields.String())
    is_update = fields.Boolean()


ReviewPage = page_of(ReviewRow, "EntryReviewPage", counted=True)


class Difference(ResponseSchema):
    """A field that differs: "title.fr", "countries"."""

    field = fields.String(required=True)
    before = fields.Raw(allow_none=True)
    after = fields.Raw(allow_none=True)


class Review(WholeEntry):
    """An entry as officers see it."""

    owner = fields.String(allow_none=True, metadata={"description": "Account"})
    differences = fields.List(
        fields.Nested(Difference), metadata={"description": "From what is public to the draft; none for a new entry"}
    )


class ReviewWithDuplicates(Review):
    """An entry as the officer sees it who decides."""

    duplicates = fields.List(
        fields.Nested(Candidate),
        required=True,
        allow_none=True,
        metadata={
            "description": "Possible ones without a verdict, the most alike first; null while the index is filled"
        },
    )


class RevisionWithAuthor(ResponseSchema):
    """A revision and who wrote it."""

    number = fields.Integer(required=True)
    source = fields.String(required=True)
    by = fields.String(allow_none=True, metadata={"description": "Account; null after an import or an erasure"})
    published_from = Utc(required=True)
    published_to = Utc(allow_none=True)


RevisionWithAuthorPage = page_of(RevisionWithAuthor, "RevisionWithAuthorPage")


class DecisionBody(VersionBody):
    """What becomes of an entry. To return, to withdraw, and to approve with another content needs a reason."""

    decision = fields.String(required=True, validate=validate.OneOf(DECISIONS))
    reason = reason(required=False)
    content = fields.Nested(
        ContentBody,
        load_default=None,
        allow_none=True,
        metadata={"description": "With approve: the content as the officer completed it"},
    )

    @validates_schema
    def _reasoned(self, data: Input, **_: object) -> None:
        if data["content"] and data["decision"] != APPROVE:
            raise ValidationError("Only with an approval.", "content")
        if not data["reason"] and (data["decision"] != APPROVE or data["content"]):
            raise ValidationError(_REASON_NEEDED, "reason")


class MergeBody(VersionBody):
    """The entry that survives."""

    into = Id(required=True)
    into_version = version_field()
    content = fields.Nested(
        ContentBody, load_default=None, allow_none=True, metadata={"description": "The survivor's content, amended"}
    )
    reason = reason()


class CorrectionBody(VersionBody):
    """Another content in place of what is public."""

    content = fields.Nested(ContentBody, required=True)
    reason = reason()


class OwnerBody(VersionBody):
    """Whose entry it is from now on."""

    account = Id(required=True, allow_none=True, metadata={"description": "Account; null: nobody's"})
    reason = reason()


class InvitationBody(RequestSchema):
    """Whom to invite: owners of public entries whose last update is older than so many years."""

    years = fields.Float(load_default=2.0, validate=validate.Range(min=0.0, max=50.0))
    action_lines = fields.List(ActionLine(), load_default=list, validate=validate.Length(max=18))
    regions = fields.List(
        itu_region(),
        load_default=list,
        validate=validate.Length(max=6),
        metadata={"description": "ITU regions"},
    )
    dry_run = fields.Boolean(load_default=True, metadata={"description": "Count, and send nothing"})
    reason = reason(required=False)

    @validates_schema
    def _reasoned(self, data: Input, **_: object) -> None:
        if not data["dry_run"] and not data["reason"]:
            raise ValidationError(_REASON_NEEDED, "reason")


class InvitationResult(ResponseSchema):
    """What the call reached."""

    dry_run = fields.Boolean()
    years = fields.Float()
    action_lines = fields.List(fields.String())
    regions = fields.List(fields.String())
    entries = fields.Integer(metadata={"description": "Old entries that fit"})
    owners = fields.Integer(metadata={"description": "Owners who get a mail each"})
    invited_before = fields.Integer(metadata={"description": "Owners whose last invitation is too recent"})
    without_owner = fields.Integer(metadata={"description": "Old entries that nobody owns"})


class InvitationsQuery(PageQuery):
    """A page of calls."""


class UpdateCall(ResponseSchema):
    """A call for updates."""

    at = Utc(required=True)
    years = fields.Float(required=True)
    action_lines = fields.List(fields.String(), required=True)
    regions = fields.List(fields.String(), required=True)
    invited = fields.Integer(allow_none=True, metadata={"description": "Owners who got a mail"})
    updated = fields.Integer(
        allow_none=True, metadata={"description": "Those who have updated an entry since; null after 180 days"}
    )


InvitationPage = page_of(UpdateCall, "UpdateCallPage", counted=True)


class OwnerlessQuery(PageQuery):
    """How old."""

    years = fields.Float(load_default=2.0, validate=validate.Range(min=0.0, max=50.0))


class OwnerlessEntry(ResponseSchema):
    """An old entry that nobody owns. Nobody has proved the address."""

    entry = fields.String(required=True)
    title = fields.String(required=True)
    organization = fields.String(required=True)
    last_updated_at = Utc(required=True, allow_none=True)
    contact = fields.Nested(Contact, allow_none=True)


OwnerlessPage = page_of(OwnerlessEntry, "EntriesWithoutOwner", counted=True)
