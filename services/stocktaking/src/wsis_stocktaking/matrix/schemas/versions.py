"""Versions of the matrix, the evidence of its links, its pictures."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import (
    ActionLine,
    Locale,
    PageQuery,
    RequestSchema,
    ResponseSchema,
    SdgTarget,
    Utc,
    page_of,
)

from wsis_stocktaking.matrix.rules.evidence import TARGETS, VIEWS
from wsis_stocktaking.register.schemas import Day


class VersionQuery(RequestSchema):
    """Which version: that of a number, or the one in force on a day; by default the one in force today."""

    version = fields.Integer(validate=validate.Range(min=1, max=100_000))
    on = Day(metadata={"description": "The version in force on this day"})


class LinksQuery(VersionQuery, PageQuery):
    """Links of a version that have all that is named."""

    line = ActionLine()
    sdg = fields.Integer(validate=validate.Range(min=1, max=17))  # in a query, a number is text
    target = SdgTarget()


class DifferencesQuery(RequestSchema):
    """Since which version."""

    since = fields.Integer(
        validate=validate.Range(min=1, max=100_000), metadata={"description": "By default the version before"}
    )


class Source(ResponseSchema):
    """Since which version a link is as it is, and the agency that proposed it."""

    version = fields.Integer(required=True)
    agency = fields.String(allow_none=True)


class MatrixLink(ResponseSchema):
    """A link of an action line with a goal. `goal_level`: it supports the goal as a whole, with or without targets."""

    line = fields.String(required=True)
    sdg = fields.Integer(required=True)
    targets = fields.List(fields.String(), required=True)
    goal_level = fields.Boolean(required=True)
    rationale = fields.Dict(allow_none=True, metadata={"description": "Text by language"})
    note = fields.String(allow_none=True, metadata={"description": "A remark on the source"})
    source = fields.Nested(Source, allow_none=True)


LinkPage = page_of(MatrixLink, "MatrixLinkPage")


class VersionRow(ResponseSchema):
    """A version without its links."""

    version = fields.Integer(required=True)
    valid_from = fields.String(required=True)
    published_at = Utc(allow_none=True)
    note = fields.String(allow_none=True)
    added = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    removed = fields.Integer(required=True)
    lines = fields.List(fields.String(), required=True, metadata={"description": "Lines with differences"})


class Version(VersionRow):
    """A version with all its links."""

    links = fields.List(fields.Nested(MatrixLink), required=True)


VersionPage = page_of(VersionRow, "MatrixVersionPage")


class Difference(ResponseSchema):
    """A link before and after; null where there is none."""

    line = fields.String(required=True)
    sdg = fields.Integer(required=True)
    before = fields.Nested(MatrixLink, allow_none=True)
    after = fields.Nested(MatrixLink, allow_none=True)


class Differences(ResponseSchema):
    """What differs between two versions."""

    version = fields.Integer(required=True)
    since = fields.Integer(required=True)
    added = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    removed = fields.Integer(required=True)
    items = fields.List(fields.Nested(Difference), required=True)


class GoalOfLine(ResponseSchema):
    """A goal that a line supports."""

    sdg = fields.Integer(required=True)
    title = fields.Dict(required=True)
    colour = fields.String(required=True)
    link = fields.Nested(MatrixLink, required=True)


class LineView(ResponseSchema):
    """The matrix from a line to its goals."""

    line = fields.String(required=True)
    title = fields.Dict(required=True)
    agencies = fields.List(fields.String(), required=True)
    version = fields.Integer(required=True)
    goals = fields.List(fields.Nested(GoalOfLine), required=True)


class LineOfGoal(ResponseSchema):
    """A line that supports a goal."""

    line = fields.String(required=True)
    title = fields.Dict(required=True)
    link = fields.Nested(MatrixLink, required=True)


class GoalView(ResponseSchema):
    """The matrix from a goal to its lines."""

    sdg = fields.Integer(required=True)
    title = fields.Dict(required=True)
    colour = fields.String(required=True)
    version = fields.Integer(required=True)
    lines = fields.List(fields.Nested(LineOfGoal), required=True)


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


class ViewQuery(RequestSchema):
    """What the cells show: targets of the matrix, or numbers of entries or sessions."""

    of = fields.String(load_default=TARGETS, validate=validate.OneOf(VIEWS))


class PictureQuery(ViewQuery):
    """Which file."""

    language = Locale(load_default=None, allow_none=True, metadata={"description": "By default the reader's"})
