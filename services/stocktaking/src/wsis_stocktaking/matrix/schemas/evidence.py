"""The evidence beside the links of the matrix."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.schemas import (
    PageQuery,
    ResponseSchema,
    Utc,
    page_of,
)

from wsis_stocktaking.matrix.schemas.versions import MatrixLink, VersionRow


class Counts(ResponseSchema):
    """How much supports a line and a goal together."""

    entries = fields.Integer(required=True)
    projects = fields.Integer(
        required=True, metadata={"description": "Entries that the WSIS Prizes nominated or awarded"}
    )
    sessions = fields.Integer(required=True, metadata={"description": "Sessions of the Forum, by their outcome"})


class LinkWithEvidence(MatrixLink):
    """A link with its evidence."""

    evidence = fields.Nested(Counts, required=True)


class EvidenceOnly(Counts):
    """A line and a goal that the matrix does not link."""

    line = fields.String(required=True)
    sdg = fields.Integer(required=True)


class VersionWithEvidence(VersionRow):
    """A version with the evidence beside each link."""

    links = fields.List(fields.Nested(LinkWithEvidence), required=True)
    without_link = fields.List(fields.Nested(EvidenceOnly), required=True)


class EvidenceEntry(ResponseSchema):
    """An entry of the register that names the line and the goal."""

    entry = fields.String(required=True)
    title = fields.Dict(required=True)
    original_language = fields.String(required=True)
    organization = fields.String(required=True)
    countries = fields.List(fields.String(), required=True)
    kind = fields.String(required=True)
    targets = fields.List(fields.String(), required=True)
    prize = fields.String(allow_none=True, metadata={"description": "What the WSIS Prizes made of it"})


class EvidenceSession(ResponseSchema):
    """A session of the Forum whose outcome links the line and the goal."""

    session = fields.String(required=True)
    edition = fields.String(required=True)
    code = fields.String(required=True)
    title = fields.Dict(required=True)
    filed_at = Utc(required=True)


class LinkView(ResponseSchema):
    """A line and a goal: their link, null if there is none, and what supports it, with the newest examples."""

    line = fields.String(required=True)
    sdg = fields.Integer(required=True)
    version = fields.Integer(required=True)
    link = fields.Nested(MatrixLink, allow_none=True)
    evidence = fields.Nested(Counts, required=True)
    entries = fields.List(fields.Nested(EvidenceEntry), required=True)
    projects = fields.List(fields.Nested(EvidenceEntry), required=True)
    sessions = fields.List(fields.Nested(EvidenceSession), required=True)


EntryPage = page_of(EvidenceEntry, "MatrixEntryPage")
SessionPage = page_of(EvidenceSession, "MatrixSessionPage")


class EntriesQuery(PageQuery):
    """Which entries."""

    projects = fields.Boolean(
        load_default=False, metadata={"description": "Only those that the WSIS Prizes nominated or awarded"}
    )
