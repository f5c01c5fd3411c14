"""Projects: what their submitters write and read, and what officers do with them."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import (
    ActionLine,
    Country,
    Locale,
    PageQuery,
    Region,
    RequestSchema,
    ResponseSchema,
    Sdg,
    SdgTarget,
    StakeholderType,
    Text,
    Utc,
    Website,
    page_of,
    reason,
)

# Drafts are their submitters' own: no list of the secretariat shows them.
LISTED_STATES = ("submitted", "ineligible", "withdrawn", "nominated", "not_nominated", "disqualified")


def _long() -> Text:
    return Text(max_length=20_000, many_lines=True)


class SdgLink(RequestSchema):
    """How the project helps a goal."""

    sdg = Sdg(required=True)
    targets = fields.List(SdgTarget(), load_default=list, validate=validate.Length(max=20))
    rationale = Text(load_default="", min_length=0, max_length=3000, many_lines=True)


class ProjectFields(RequestSchema):
    """The form. A draft may leave out anything; what is missing is told at submission."""

    title = Text(max_length=300)
    category = ActionLine()
    organization = Text(max_length=300)
    country = Country()
    stakeholder_type = StakeholderType()
    contact_name = Text(max_length=200)
    contact_email = fields.Email(validate=validate.Length(max=254))
    short_description = _long()
    sdgs = fields.List(fields.Nested(SdgLink), validate=validate.Length(max=17))
    impact = _long()
    partnerships = _long()
    challenges = _long()
    timeframe = Text(max_length=2000, many_lines=True)
    website = Website(max_length=500, allow_none=True)
    countries = fields.List(Country(), validate=validate.Length(max=249))
    completed = fields.Boolean(metadata={"description": "Completed, or at the end of a major phase"})
    language = Locale(metadata={"description": "Of these texts, by default that of the first request"})


class NewProject(ProjectFields):
    """A draft, or with `submit` a submission."""

    submit = fields.Boolean(load_default=False)


class ProjectPatch(ProjectFields):
    """What to change; what is not named stays."""


class SdgLinkShown(ResponseSchema):
    """A link, with the flag for those outside the WSIS-SDG Matrix (told, never refused)."""

    sdg = fields.Integer()
    targets = fields.List(fields.String())
    rationale = fields.String()
    outside_matrix = fields.Boolean()


class Clarification(ResponseSchema):
    """The secretariat's one question, and the answer."""

    question = fields.String()
    until = Utc()
    until_geneva = fields.String()
    asked_at = Utc()
    answer = fields.String(allow_none=True)
    answered_at = Utc(allow_none=True)


class Receipt(ResponseSchema):
    """The numbered receipt of a submission."""

    project = fields.String()
    edition = fields.String()
    number = fields.Integer()
    receipt = fields.String()
    received_at = Utc()
    received_geneva = fields.String()
    received_utc = fields.String()


class Outcome(ResponseSchema):
    """Why a project is where it is."""

    code = fields.String()
    title = fields.String(metadata={"description": "The standard text in the reader's language"})
    text = fields.String(allow_none=True, metadata={"description": "The secretariat's own words"})
    mean = fields.Float(allow_none=True, metadata={"description": "Mean score, 1 to 5"})


class ProjectRow(ResponseSchema):
    """A project in a list."""

    id = fields.String()
    edition = fields.String()
    number = fields.Integer(allow_none=True)
    state = fields.String()
    title = fields.String(allow_none=True)
    language = fields.String(allow_none=True, metadata={"description": "Of its texts; null where it was not asked"})
    category = fields.String(allow_none=True)
    organization = fields.String(allow_none=True)
    country = fields.String(allow_none=True)
    region = fields.String(allow_none=True)
    stakeholder_type = fields.String(allow_none=True)
    submitted_at = Utc(allow_none=True)
    updated_at = Utc()
    clarification_open = fields.Boolean()


class Project(ProjectRow):
    """A project. Contact, receipt and clarification are shown to its submitter and to the secretariat only."""

    contact_name = fields.String(allow_none=True)
    contact_email = fields.String(allow_none=True)
    short_description = fields.String(allow_none=True)
    short_description_words = fields.Integer()
    sdgs = fields.List(fields.Nested(SdgLinkShown))
    impact = fields.String(allow_none=True)
    partnerships = fields.String(allow_none=True)
    challenges = fields.String(allow_none=True)
    timeframe = fields.String(allow_none=True)
    website = fields.String(allow_none=True)
    countries = fields.List(fields.String())
    completed = fields.Boolean(allow_none=True)
    receipt = fields.Nested(Receipt, allow_none=True)
    clarification = fields.Nested(Clarification, allow_none=True)
    outcome = fields.Nested(Outcome, allow_none=True)
    missing = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "Of a draft: what submission would refuse, by field"},
    )


ProjectPage = page_of(ProjectRow, "ProjectPage")


class Reason(RequestSchema):
    """Why."""

    reason = reason()


class ClarificationAnswer(RequestSchema):
    """The submitter's answer."""

    answer = Text(required=True, max_length=10_000, many_lines=True)


class ClarificationQuestion(RequestSchema):
    """The one question, and until when it can be answered."""

    question = Text(required=True, max_length=5000, many_lines=True)
    until = Utc(required=True)


class ProjectQuery(PageQuery):
    """Which projects?"""

    state = fields.String(load_default=None, validate=validate.OneOf(LISTED_STATES))
    category = ActionLine(load_default=None)
    country = Country(load_default=None)
    region = Region(load_default=None)
    sdg = fields.Integer(load_default=None, validate=validate.Range(min=1, max=17))
    stakeholder_type = StakeholderType(load_default=None)


class Evidence(ResponseSchema):
    """One thing that speaks against a project."""

    kind = fields.String(
        metadata={"description": "past_winner, duplicate, same_entity, incomplete, not_completed, outside_matrix"}
    )
    detail = fields.String()
    likeness = fields.Integer(allow_none=True, metadata={"description": "0 to 100"})
    edition = fields.String(allow_none=True)
    project = fields.String(allow_none=True)
    number = fields.Integer(allow_none=True)
    title = fields.String(allow_none=True)
    organization = fields.String(allow_none=True)
    fields_ = fields.Dict(data_key="fields", attribute="fields", allow_none=True)


class Eligibility(ResponseSchema):
    """The evidence, and the decision if one was made."""

    project = fields.String()
    state = fields.String()
    evidence = fields.List(fields.Nested(Evidence))
    eligible = fields.Boolean(allow_none=True)
    reason = fields.String(allow_none=True)
    decided_at = Utc(allow_none=True)


class EligibilityDecision(RequestSchema):
    """An officer's decision."""

    eligible = fields.Boolean(required=True)
    reason = reason()
