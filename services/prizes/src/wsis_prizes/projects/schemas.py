"""The form, projects as their submitters write and read them, and their list."""

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

from wsis_prizes.projects.rules.images import SIZES
from wsis_prizes.projects.rules.projects import DRAFT, STATES
from wsis_prizes.projects.rules.waits import WAITS


class FormField(ResponseSchema):
    """A field of the form."""

    code = fields.String()
    label = fields.String(metadata={"description": "In the reader's language"})
    help = fields.String(metadata={"description": "In the reader's language"})
    labels = fields.Dict(keys=fields.String(), values=fields.String())
    helps = fields.Dict(keys=fields.String(), values=fields.String())
    required = fields.Boolean()
    min_words = fields.Integer(allow_none=True)
    max_words = fields.Integer(allow_none=True)


class Criterion(ResponseSchema):
    """What the Expert Group weighs."""

    code = fields.String()
    title = fields.String(metadata={"description": "In the reader's language"})
    titles = fields.Dict(keys=fields.String(), values=fields.String())


class WordRule(ResponseSchema):
    """How words are counted: split at `split`, count the runs that match `counts_if` (JavaScript, with `flags`)."""

    text = fields.String()
    split = fields.String()
    counts_if = fields.String()
    flags = fields.String()


class Form(ResponseSchema):
    """The submission form of an edition."""

    edition = fields.String()
    languages = fields.List(fields.String())
    fields_ = fields.List(fields.Nested(FormField), data_key="fields", attribute="fields")
    criteria = fields.List(fields.Nested(Criterion))
    word_rule = fields.Nested(WordRule)


class TextToCount(RequestSchema):
    """A text whose words are to be counted."""

    text = fields.String(required=True, validate=validate.Length(max=50_000))


class WordCount(ResponseSchema):
    """The count by the rule of the form."""

    words = fields.Integer()


class TextFile(ResponseSchema):
    """A text for saving."""

    text = fields.String()
    filename = fields.String()


class SuggestionQuery(RequestSchema):
    """Which line?"""

    action_line = ActionLine(required=True)


class Suggestion(ResponseSchema):
    """A goal that the WSIS-SDG Matrix links to the line."""

    sdg = fields.Integer()
    title = fields.String(metadata={"description": "In English"})
    titles = fields.Dict(keys=fields.String(), values=fields.String())
    targets = fields.List(fields.String())
    goal_level = fields.Boolean()


class Suggestions(ResponseSchema):
    """Goals of a line, from the version of the matrix in force."""

    action_line = fields.String()
    matrix = fields.String()
    items = fields.List(fields.Nested(Suggestion))
    next = fields.String(allow_none=True)


# Drafts are their submitters' own: no list of the secretariat shows them.
LISTED_STATES = tuple(state for state in STATES if state != DRAFT)


def _long() -> Text:
    return Text(max_length=20_000, many_lines=True, allow_none=True)


class SdgLink(RequestSchema):
    """How the project helps a goal."""

    sdg = Sdg(required=True)
    targets = fields.List(SdgTarget(), load_default=list, validate=validate.Length(max=20))
    rationale = Text(load_default="", min_length=0, max_length=3000, many_lines=True)


class ProjectFields(RequestSchema):
    """The form. A draft may leave out anything; what is missing is told at submission. Null empties a field."""

    title = Text(max_length=300, allow_none=True)
    category = ActionLine(allow_none=True)
    organization = Text(max_length=300, allow_none=True)
    country = Country(allow_none=True)
    stakeholder_type = StakeholderType(allow_none=True)
    contact_name = Text(max_length=200, allow_none=True)
    contact_email = fields.Email(validate=validate.Length(max=254), allow_none=True)
    short_description = _long()
    sdgs = fields.List(fields.Nested(SdgLink), validate=validate.Length(max=17))
    impact = _long()
    partnerships = _long()
    challenges = _long()
    timeframe = Text(max_length=2000, many_lines=True, allow_none=True)
    website = Website(max_length=500, allow_none=True)
    countries = fields.List(Country(), validate=validate.Length(max=249))
    completed = fields.Boolean(allow_none=True, metadata={"description": "Completed, or at the end of a major phase"})
    language = Locale(metadata={"description": "Of these texts, by default that of the first request"})


class NewProject(ProjectFields):
    """A draft, or with `submit` a submission."""

    submit = fields.Boolean(load_default=False)


class ProjectPatch(ProjectFields):
    """What to change; what is not named stays. With a `version`, that of the reading, it is refused after any other."""

    version = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=validate.Range(min=1, max=2**31 - 1)
    )


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


class ImageQuery(RequestSchema):
    """In which size?"""

    size = fields.String(load_default="large", validate=validate.OneOf(tuple(SIZES)))


class ImageSize(ResponseSchema):
    """A file of the image, a JPEG."""

    url = fields.String()
    width = fields.Integer(metadata={"description": "In pixels"})
    height = fields.Integer(metadata={"description": "In pixels"})


class Image(ResponseSchema):
    """An image, drawn anew in two widths: nothing else of its file is kept."""

    alt = fields.String()
    small = fields.Nested(ImageSize)
    large = fields.Nested(ImageSize)


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


class Duplicate(ResponseSchema):
    """Another project of the same account, for which a submission would be refused."""

    code = fields.String(metadata={"description": "prizes.project_exists or prizes.project_twice"})
    project = fields.String()
    number = fields.Integer()
    title = fields.String()


class Project(ProjectRow):
    """A project. Contact, receipt and outcome are shown to its submitter and to the secretariat only."""

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
    image = fields.Nested(Image, allow_none=True)
    version = fields.Integer(metadata={"description": "For a change: the version that was read"})
    editable = fields.Boolean(metadata={"description": "May its submitter change it now?"})
    withdrawable = fields.Boolean(metadata={"description": "May its submitter withdraw it now?"})
    missing = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "Of a draft: what submission would refuse, by field"},
    )


class OwnProject(Project):
    """A project of the reader."""

    duplicate = fields.Nested(Duplicate, allow_none=True, metadata={"description": "Of a draft"})


ProjectPage = page_of(ProjectRow, "ProjectPage")


class ListedProject(ProjectRow):
    """A project in the list of officers."""

    eligible = fields.Boolean(allow_none=True, metadata={"description": "As decided; null before"})


class ListedProjectPage(page_of(ListedProject, "ListedProjects")):  # type: ignore[misc]  # made at run time
    """A page of the list of officers."""

    total = fields.Integer(required=True, metadata={"description": "Of all pages"})


class Reason(RequestSchema):
    """Why."""

    reason = reason()


class ProjectQuery(PageQuery):
    """Which projects?"""

    state = fields.String(load_default=None, validate=validate.OneOf(LISTED_STATES))
    category = ActionLine(load_default=None)
    country = Country(load_default=None)
    region = Region(load_default=None)
    sdg = fields.Integer(load_default=None, validate=validate.Range(min=1, max=17))
    stakeholder_type = StakeholderType(load_default=None)
    waits = fields.String(
        load_default=None,
        validate=validate.OneOf(WAITS),
        metadata={"description": "What they wait for: a decision, an answer past its date, jurors"},
    )
