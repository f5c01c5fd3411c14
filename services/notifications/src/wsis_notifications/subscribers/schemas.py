"""Input and output: readers of the newsletter, and the form by which they subscribe."""

from __future__ import annotations

from typing import Unpack

from marshmallow import ValidationError, fields, validate
from wsis_shared.field_options import FieldOptions
from wsis_shared.imports.schemas import SOURCE, ColumnBody, ImportValue, StoredMapping, ValueBody, chosen, constant
from wsis_shared.schemas import (
    Country,
    Email,
    Locale,
    PageQuery,
    Region,
    RequestSchema,
    ResponseSchema,
    StakeholderType,
    Text,
    Utc,
    page_of,
    reason,
)
from wsis_shared.tables.schemas import Reading, ReadingBody

from wsis_notifications.subscribers.rules.imports import DEFAULT_SOURCE
from wsis_notifications.subscribers.rules.mapping.fields import CODED, CONSTANTS, FIELDS
from wsis_notifications.subscribers.rules.subscribers import FORMATS, STATES
from wsis_notifications.subscribers.rules.topics import TOPICS

CONSENT_LENGTH = 2000  # characters of what somebody agreed to


class Topic(fields.String):
    """The code of a topic: see the reference set `newsletter_topics`."""

    def _deserialize(self, value: object, attr: object, data: object, **kwargs: object) -> str:
        code = super()._deserialize(value, attr, data, **kwargs)
        if code not in TOPICS:
            raise ValidationError(f"Unknown topic {code!r}.")
        return code


def topics(**options: Unpack[FieldOptions]) -> fields.List[str]:
    """One or more topics."""
    return fields.List(Topic(), validate=validate.Length(min=1, max=50), **options)


def mail_format(**options: Unpack[FieldOptions]) -> fields.String:
    """HTML or text."""
    return fields.String(validate=validate.OneOf(FORMATS), **options)


def person_name() -> Text:
    """Who types it into the form need not be who is greeted by it: nothing that mail programs make a link of."""
    is_no_link = validate.Regexp(r"(?!.*(?:[/@:]|\w\.\w{2}))", error="Not a name: no / @ or :, a space after a dot.")
    return Text(max_length=100, min_length=0, load_default="", validate=is_no_link)


class Subscription(RequestSchema):
    """The form of the newsletter. Without topics: all of them."""

    email = Email(required=True)
    first_name = person_name()
    last_name = person_name()
    format = mail_format(load_default="html")
    language = Locale(load_default="en")
    topics = topics(load_default=TOPICS)
    stakeholder_type = StakeholderType(load_default=None, allow_none=True)
    country = Country(load_default=None, allow_none=True)


class ImportedSubscription(Subscription):
    """A row of a list that was kept elsewhere, with the evidence of consent: when, where and to what text."""

    first_name = Text(max_length=100, min_length=0, load_default="")  # an officer has looked at them
    last_name = Text(max_length=100, min_length=0, load_default="")
    consent_at = Utc(required=True)
    consent_source = Text(required=True, max_length=200)
    consent_text = Text(required=True, max_length=CONSENT_LENGTH, many_lines=True)


class SubscriberQuery(PageQuery):
    """Filters of the officers' list."""

    state = fields.String(load_default=None, validate=validate.OneOf(STATES))
    language = Locale(load_default=None)
    mail_format = mail_format(load_default=None)
    topic = Topic(load_default=None)
    region = Region(load_default=None)
    country = Country(load_default=None)
    stakeholder_type = StakeholderType(load_default=None)


class Consent(ResponseSchema):
    """When, by which way and to what text somebody agreed."""

    at = Utc(required=True)
    source = fields.String(required=True, metadata={"description": "form, or that of the evidence of an import"})
    text_version = fields.String(allow_none=True)
    text = fields.String(allow_none=True)
    import_id = fields.String(allow_none=True)


class Bounces(ResponseSchema):
    """Mails that came back."""

    hard = fields.Integer()
    soft = fields.Integer()
    last_at = Utc(allow_none=True)
    last_status = fields.String(allow_none=True)


class Subscriber(ResponseSchema):
    """A reader, for officers."""

    id = fields.String(required=True)
    email = fields.String(required=True)
    first_name = fields.String()
    last_name = fields.String()
    format = fields.String()
    language = fields.String()
    topics = fields.List(fields.String())
    stakeholder_type = fields.String(allow_none=True)
    country = fields.String(allow_none=True)
    region = fields.String(allow_none=True)
    state = fields.String(required=True)
    consent = fields.Nested(Consent)
    bounces = fields.Nested(Bounces)
    created_at = Utc()
    unsubscribed_at = Utc(allow_none=True)


SubscriberPage = page_of(Subscriber, "SubscriberPage")


class Lookup(RequestSchema):
    """Whom to look for."""

    email = Email(required=True)


class SubscriberFigure(ResponseSchema):
    """Readers with one language, topic, format or region ("none": no country)."""

    code = fields.String(required=True)
    active = fields.Integer(required=True)
    unsubscribed = fields.Integer(required=True)
    bounced = fields.Integer(required=True)


class SubscriberMonth(ResponseSchema):
    """Growth in a month."""

    month = fields.String(required=True)
    joined = fields.Integer(required=True)
    left = fields.Integer(required=True)


def _figures() -> fields.List[object]:
    return fields.List(fields.Nested(SubscriberFigure), required=True)


class SubscriberFigures(ResponseSchema):
    """Counts of all readers."""

    pending = fields.Integer(required=True)
    active = fields.Integer(required=True)
    unsubscribed = fields.Integer(required=True)
    bounced = fields.Integer(required=True)
    languages = _figures()
    formats = _figures()
    regions = _figures()
    topics = _figures()
    months = fields.List(fields.Nested(SubscriberMonth), required=True)


# -- imports ----------------------------------------------------------------------------------------------------------


class SubscriberImportBody(ReadingBody):
    """Of which list a file is, and how to read it."""

    source = fields.String(
        load_default=DEFAULT_SOURCE,
        validate=SOURCE,
        metadata={"description": "The list that the file is of, the same at each import: its mapping is its own"},
    )
    dry_run = fields.Boolean(load_default=False, metadata={"description": "Read and count, and change nothing"})
    reason = reason()


class SubscriberColumnBody(ColumnBody):
    """What a column is."""

    field = chosen(FIELDS, "Null: the column is not read. `subscribed` says who has left the list")


class SubscriberConstantBody(RequestSchema):
    """What rows say that say nothing of a field."""

    field = fields.String(required=True, validate=validate.OneOf(CONSTANTS))
    value = constant(CONSENT_LENGTH)


class SubscriberValueBody(ValueBody):
    """What a value means."""

    field = fields.String(required=True, validate=validate.OneOf(CODED))


class SubscriberMappingBody(RequestSchema):
    """How the columns and values of a list are read, from now on."""

    columns = fields.List(fields.Nested(SubscriberColumnBody), required=True, validate=validate.Length(min=1, max=200))
    constants = fields.List(fields.Nested(SubscriberConstantBody), load_default=list, validate=validate.Length(max=20))
    values = fields.List(fields.Nested(SubscriberValueBody), load_default=list, validate=validate.Length(max=1000))
    reason = reason()


class SubscriberApplicationBody(RequestSchema):
    """Why the file of a dry run is imported."""

    reason = reason()


class SubscriberCounts(ResponseSchema):
    """Rows by what they did."""

    created = fields.Integer()
    unchanged = fields.Integer()
    refused = fields.Integer()


class SubscriberImport(ResponseSchema):
    """An import of a list."""

    id = fields.String(required=True, metadata={"description": "That of its job"})
    state = fields.String()
    dry_run = fields.Boolean()
    filename = fields.String()
    sha256 = fields.String()
    unknown_columns = fields.List(fields.String())
    reading = fields.Nested(
        Reading, allow_none=True, metadata={"description": "What a table was read as; null of JSON Lines"}
    )
    rows = fields.Integer()
    counts = fields.Nested(SubscriberCounts)
    source = fields.String(allow_none=True, metadata={"description": "Null: of before imports had a source"})
    mapping_state = fields.String(
        allow_none=True,
        metadata={"description": "proposed, or confirmed: see its mapping; null: the names of the columns say all"},
    )
    warned = fields.Integer(metadata={"description": "Rows that came in, or would, without something of theirs"})
    unread = fields.Integer(metadata={"description": "Different values that were not understood or not valid"})
    file_until = Utc(allow_none=True, metadata={"description": "Of a dry run: how long its file can be imported"})
    application = fields.String(allow_none=True, metadata={"description": "Of a dry run: the next import of its file"})
    refusal = fields.String(allow_none=True, metadata={"description": "Why the whole file was refused"})
    created_at = Utc()
    ended_at = Utc(allow_none=True)


class SubscriberRefusal(ResponseSchema):
    """Why a row had no effect."""

    row = fields.Integer(required=True, metadata={"description": "Line of JSON Lines, row as a spreadsheet shows it"})
    field = fields.String(metadata={"description": "Empty: the whole row"})
    code = fields.String(allow_none=True)
    reason = fields.String(metadata={"description": "In the language of the reader"})


class SubscriberImportResult(ResponseSchema):
    """What the job gives."""

    id = fields.String(required=True, metadata={"description": "The import"})


class SubscriberImportsQuery(PageQuery):
    """A page."""


SubscriberImportPage = page_of(SubscriberImport, "SubscriberImportPage")
SubscriberMappingPage = page_of(StoredMapping, "SubscriberImportMappingPage")
SubscriberValuePage = page_of(ImportValue, "SubscriberImportValuePage")
SubscriberRefusalPage = page_of(SubscriberRefusal, "SubscriberRefusalPage")
