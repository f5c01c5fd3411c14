"""The form."""

from __future__ import annotations

from typing import Unpack

from marshmallow import fields, validate
from wsis_shared import reference
from wsis_shared.field_options import FieldOptions
from wsis_shared.schemas import Localised, RequestSchema, ResponseSchema, Text, Utc

from wsis_consultation.submissions.rules import questions

TYPES = [item.code for item in reference.stakeholder_types() if "consultation" in item.processes]
# The question of this type is in every form, once.
ADDED = [name for name in questions.TYPES if name != "stakeholder_type"]
_ANY_LENGTH = validate.Range(min=0, max=1_000_000)


class FormQuery(RequestSchema):
    """For whom?"""

    stakeholder_type = fields.String(
        load_default=None,
        validate=validate.OneOf(TYPES),
        metadata={"description": "Only what this type is asked; without it all questions"},
    )


class SchemaQuery(RequestSchema):
    """For whom?"""

    stakeholder_type = fields.String(required=True, validate=validate.OneOf(TYPES))
    draft = fields.Boolean(load_default=False, metadata={"description": "The schema of an incomplete form"})


class Choice(ResponseSchema):
    """One choice."""

    code = fields.String(required=True)
    label = fields.String(required=True)


class Question(ResponseSchema):
    """One question, its texts in the reader's language."""

    code = fields.String(required=True)
    type = fields.String(required=True)
    required = fields.Boolean(required=True)
    label = fields.String(required=True)
    help = fields.String(allow_none=True)
    max = fields.Integer(allow_none=True, metadata={"description": "Characters of a text, entries of a list"})
    min_words = fields.Integer(allow_none=True)
    max_words = fields.Integer(allow_none=True)
    choices = fields.List(fields.Nested(Choice), allow_none=True)
    when = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        allow_none=True,
        metadata={"description": "Asked only under one of these answers to an earlier question of the section"},
    )
    asked_of = fields.List(fields.String(), allow_none=True, metadata={"description": "Stakeholder types"})


class Section(ResponseSchema):
    """Questions under a heading. One that repeats is a list of entries under its code."""

    code = fields.String(required=True)
    title = fields.String(required=True)
    repeat = fields.Raw(allow_none=True, metadata={"description": "{max, key}: `key` differs between entries"})
    questions = fields.List(fields.Nested(Question), required=True)


class Form(ResponseSchema):
    """The version in force."""

    edition = fields.String(required=True)
    version = fields.Integer(required=True)
    word_rule = fields.Raw(required=True, metadata={"description": "How words are counted, for the form's counter"})
    sections = fields.List(fields.Nested(Section), required=True)


class FormSchema(ResponseSchema):
    """The form as JSON Schema 2020-12."""

    edition = fields.String(required=True)
    version = fields.Integer(required=True)
    schema = fields.Raw(
        required=True,
        metadata={"description": "With the further keywords minWords, maxWords and uniqueBy"},
    )


def _code(**options: Unpack[FieldOptions]) -> fields.String:
    return fields.String(
        validate=validate.Regexp(r"\A[a-z][a-z0-9_]{0,59}\Z", error="Lower case letters, digits and _."), **options
    )


def _when() -> fields.Dict:
    return fields.Dict(
        keys=fields.String(validate=validate.Length(max=60)),
        values=fields.List(fields.String(validate=validate.Length(max=60)), validate=validate.Length(max=60)),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=5),
    )


def _in_force() -> fields.Integer:
    return fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=1, max=100_000),
        metadata={"description": "The version in force, as it was read"},
    )


def _asked_of() -> fields.List[str]:
    return fields.List(
        fields.String(validate=validate.Length(max=60)),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=10),
    )


def _texts(*, required: bool = True) -> Localised:
    if required:
        return Localised(max_length=1000, required=True)
    return Localised(max_length=1000, load_default=None)


class ChoiceDefinition(RequestSchema):
    """One choice; `asked_of` offers it to certain stakeholder types."""

    code = _code(required=True)
    label = _texts()
    asked_of = _asked_of()


class QuestionDefinition(RequestSchema):
    """One question, its texts in all languages."""

    code = _code(required=True)
    type = fields.String(required=True, validate=validate.Length(max=40))
    label = _texts()
    help = _texts(required=False)
    required = fields.Boolean(load_default=False)
    max = fields.Integer(load_default=None, allow_none=True, strict=True, validate=_ANY_LENGTH)
    words = fields.List(
        fields.Integer(allow_none=True, strict=True, validate=_ANY_LENGTH),
        load_default=None,
        allow_none=True,
        validate=validate.Length(equal=2),
        metadata={"description": "[least, most]; null is no limit"},
    )
    choices = fields.List(
        fields.Nested(ChoiceDefinition), load_default=None, allow_none=True, validate=validate.Length(max=60)
    )
    choices_from = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=40))
    when = _when()
    asked_of = _asked_of()


class Repeat(RequestSchema):
    """At most so many entries, which differ in `key`."""

    max = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=50))
    key = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=60))


class SectionDefinition(RequestSchema):
    """Questions under a heading."""

    code = _code(required=True)
    title = _texts()
    repeat = fields.Nested(Repeat, load_default=None, allow_none=True)
    asked_of = _asked_of()
    questions = fields.List(fields.Nested(QuestionDefinition), required=True, validate=validate.Length(min=1, max=60))


class NewFormVersion(RequestSchema):
    """The whole form anew."""

    base = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=1, max=100_000),
        metadata={"description": "The version in force, from which this one was made"},
    )
    sections = fields.List(fields.Nested(SectionDefinition), required=True, validate=validate.Length(min=1, max=30))
    reason = Text(required=True, max_length=1000, many_lines=True)


class QuestionChange(RequestSchema):
    """One question, changed; what is not named stays. Its code and its type never change."""

    version = _in_force()
    label = Localised(change=True, max_length=1000)
    help = Localised(change=True, max_length=1000)
    required = fields.Boolean()
    max = fields.Integer(allow_none=True, strict=True, validate=_ANY_LENGTH)
    least_words = fields.Integer(allow_none=True, strict=True, validate=_ANY_LENGTH)
    most_words = fields.Integer(allow_none=True, strict=True, validate=_ANY_LENGTH)
    reason = Text(required=True, max_length=1000, many_lines=True)


class NewChoice(RequestSchema):
    """One choice; without a code its English text makes one."""

    code = _code(load_default=None, allow_none=True)
    label = _texts()
    asked_of = _asked_of()


class NewQuestion(RequestSchema):
    """One more question of a section, its texts in all languages."""

    version = _in_force()
    code = _code(
        load_default=None,
        allow_none=True,
        metadata={"description": "Its answers are stored under it; without one the English text makes one"},
    )
    type = fields.String(required=True, validate=validate.OneOf(ADDED))
    label = _texts()
    help = _texts(required=False)
    required = fields.Boolean(load_default=False)
    max = fields.Integer(load_default=None, allow_none=True, strict=True, validate=_ANY_LENGTH)
    least_words = fields.Integer(load_default=None, allow_none=True, strict=True, validate=_ANY_LENGTH)
    most_words = fields.Integer(load_default=None, allow_none=True, strict=True, validate=_ANY_LENGTH)
    choices = fields.List(
        fields.Nested(NewChoice), load_default=None, allow_none=True, validate=validate.Length(max=60)
    )
    when = _when()
    asked_of = _asked_of()
    before = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=60),
        metadata={"description": "The code of the question of the section that follows it; without one it is the last"},
    )
    reason = Text(required=True, max_length=1000, many_lines=True)


class QuestionRemoval(RequestSchema):
    """The form without a question."""

    version = _in_force()
    reason = Text(required=True, max_length=1000, many_lines=True)


class FormVersionRow(ResponseSchema):
    """A published version."""

    edition = fields.String(required=True)
    version = fields.Integer(required=True)
    published_at = Utc(allow_none=True)
    reason = fields.String(allow_none=True)


class FormVersion(FormVersionRow):
    """A version as it is stored, with its texts in all languages."""

    sections = fields.Raw(required=True)


class FormVersions(ResponseSchema):
    """All versions, oldest first."""

    items = fields.List(fields.Nested(FormVersionRow), required=True)
