"""Base schemas and common fields: strict for requests, tolerant for responses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Unpack

from marshmallow import EXCLUDE, RAISE, ValidationError, fields, pre_load, validate
from marshmallow import Schema as MarshmallowSchema
from wsis_shared import clock, paging, reference
from wsis_shared.field_options import AnyField, CheckedOptions, FieldOptions, Presence, SchemaOptions, as_list

LOCALES = ("en", "fr", "pt", "es", "zh", "ar", "ru")
ONE_LANGUAGE = validate.Length(min=1, error="Needed in one language at least.")  # Localised

# Characters that reorder or hide text (Unicode TR 36): directional embeddings, overrides and isolates.
_BIDI = re.compile(r"[\u202a-\u202e\u2066-\u2069\ufeff]")
_SEPARATORS = re.compile(r"[\u2028\u2029]")  # of lines and paragraphs

# NFC costs quadratic time over a run of combining marks, so text is measured before it is normalised. 30 marks in a row
# are what Unicode's Stream-Safe Text Format allows (UAX 15); a composed character has at most 4 code points before NFC.
MAX_MARKS = 30
MAX_DECOMPOSED = 4
# Errors of one object about fields that do not exist: marshmallow copies its list of errors for each further one.
MAX_UNKNOWN = 20

# The categories Cc and Cs: a text of a thousand characters is searched in microseconds.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_CONTROL_IN_LINES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # without line feed and tab
# RFC 3986: ASCII without quotes, brackets and spaces; no user before the host, who could look like another host.
_ADDRESS = r"\Ahttps?://(?![^/?#]*@)[!#-;=?-\[\]_a-z~]+\Z"
_MAIL_ADDRESS = r"\A[^\s@\x00-\x1f\x7f\ud800-\udfff]+@[^\s@\x00-\x1f\x7f\ud800-\udfff]+\Z"
_NO_ADDRESS = "Not an address of the web."


class RequestSchema(MarshmallowSchema):
    """Base of request schemas: an unknown field is an error that names it.

    Lists and objects that are too long are refused before their items are loaded: marshmallow alone would load each of
    them, and keep an error for each, before it compares their number with the `Length` of the field.
    """

    class Meta:
        unknown = RAISE

    def __init__(self, **options: Unpack[SchemaOptions]) -> None:
        super().__init__(**options)
        self._counts = {
            name if field.data_key is None else field.data_key: tuple(_counts(field))
            for name, field in self.load_fields.items()
        }

    @pre_load
    def _count(self, data: object, **_: object) -> object:
        if not isinstance(data, Mapping):
            return data
        errors: dict[str, object] = {}
        unknown: list[str] = []
        for key, value in data.items():
            checks = self._counts.get(key)
            if checks is None:
                unknown.append(key)
            elif checks and isinstance(value, list | dict):
                for most, check in checks:
                    if len(value) > most:
                        try:
                            check(value)
                        except ValidationError as error:
                            errors[key] = error.messages
        if len(unknown) > MAX_UNKNOWN and self.unknown == RAISE:
            errors |= {key: [self.error_messages["unknown"]] for key in unknown[:MAX_UNKNOWN]}
        if errors:
            raise ValidationError(errors)
        return data


class ResponseSchema(MarshmallowSchema):
    """Base of response schemas: fields that are not declared are dropped."""

    class Meta:
        unknown = EXCLUDE


class Text(fields.String):
    """One line of human text: NFC, trimmed, no control characters, no line breaks, no bidi controls.

    `many_lines=True` allows line feeds and tabs. Lone surrogates are refused: they are not text (RFC 3629).
    """

    def __init__(
        self, *, max_length: int, min_length: int = 1, many_lines: bool = False, **kwargs: Unpack[CheckedOptions]
    ) -> None:
        self.many_lines, self.max_length = many_lines, max_length
        self._length = validate.Length(min=min_length, max=max_length)
        kwargs["validate"] = [self._length, *as_list(kwargs.get("validate"))]
        super().__init__(**kwargs)

    def _deserialize(self, value: object, attr: object, data: object, **kwargs: object) -> str:
        raw: str = super()._deserialize(value, attr, data, **kwargs)
        if len(raw) > MAX_DECOMPOSED * self.max_length:
            self._length(raw)  # raises
        text = raw if raw.isascii() else self._normalised(raw)
        if self.many_lines:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        if (_CONTROL_IN_LINES if self.many_lines else _CONTROL).search(text):
            raise ValidationError("Control characters and line breaks are not allowed here.")
        return text.strip()

    @staticmethod
    def _normalised(raw: str) -> str:
        if any(map(unicodedata.combining, raw)) and _longest_run_of_marks(raw) > MAX_MARKS:
            raise ValidationError(f"At most {MAX_MARKS} combining marks in a row are allowed.")
        text = _BIDI.sub("", unicodedata.normalize("NFC", raw))
        if _SEPARATORS.search(text):
            raise ValidationError("Line separators are not allowed here.")
        return text


def reason(*, required: bool = True) -> Text:
    """Why somebody of the staff does something: for the audit log, and for the mails to those concerned."""
    options: Presence = {"required": True} if required else {"load_default": None, "allow_none": True}
    text = {"description": "Why, for the audit log"}
    return Text(min_length=3, max_length=2000, many_lines=True, metadata=text, **options)


class Id(fields.String):
    """An id of the suite: 1 to 64 characters of A-Z a-z 0-9 . _ -"""

    def __init__(self, **kwargs: Unpack[CheckedOptions]) -> None:
        is_id = validate.Regexp(r"\A[A-Za-z0-9._-]{1,64}\Z", error="Not an id.")
        kwargs["validate"] = [is_id, *as_list(kwargs.get("validate"))]
        super().__init__(**kwargs)


class Utc(fields.Field[datetime]):
    """A time: parses RFC 3339 with an offset, dumps UTC with `Z`. Dumps datetimes and such strings."""

    def _serialize(self, value: object, attr: object, obj: object, **kwargs: object) -> object:
        return clock.iso(value) if isinstance(value, datetime) else value

    def _deserialize(self, value: object, attr: object, data: object, **kwargs: object) -> datetime:
        try:
            if not isinstance(value, str):
                raise ValueError("not a string")
            return clock.parse(value)
        except (ValueError, OverflowError) as error:
            raise ValidationError("Not a moment like 2017-04-30T21:00:00Z.") from error


class Locale(fields.String):
    """One of the seven languages."""

    def __init__(self, **kwargs: Unpack[FieldOptions]) -> None:
        super().__init__(validate=validate.OneOf(LOCALES), **kwargs)


class Localised(fields.Dict):
    """The same text by language: {"en": "...", "fr": "..."}. `change=True`, for PATCH and for PUT of a part, which the
    service applies with `languages.merge`."""

    def __init__(self, *, max_length: int = 5000, change: bool = False, **kwargs: Unpack[CheckedOptions]) -> None:
        self.change = change
        if change:
            kwargs.setdefault("metadata", {"description": "Languages that are not named stay, null removes one"})
        values = Text(max_length=max_length, many_lines=True, allow_none=change)
        super().__init__(keys=Locale(), values=values, **kwargs)


class Country(fields.String):
    """An ISO 3166-1 alpha-2 code, upper case: "NO", "NA"."""

    def _deserialize(self, value: object, attr: object, data: object, **kwargs: object) -> str:
        code = super()._deserialize(value, attr, data, **kwargs)
        if not reference.is_country(code):
            raise ValidationError(f"Unknown country code {code!r}: ISO 3166-1 alpha-2, upper case, for example NO.")
        return code


class Region(fields.String):
    """The code of an ITU region, for example "arab_states", or "international" for those without a country."""

    def _deserialize(self, value: object, attr: object, data: object, **kwargs: object) -> str:
        code = super()._deserialize(value, attr, data, **kwargs)
        known = {*(region.code for region in reference.itu_regions()), reference.no_region().code}
        if code not in known:
            raise ValidationError(f"Unknown region {code!r}.")
        return code


class ActionLine(fields.String):
    """The code of a leaf: "C1" or "C7.e-health". Bare "C7" is refused: nothing is filed under it."""

    def _deserialize(self, value: object, attr: object, data: object, **kwargs: object) -> str:
        code = super()._deserialize(value, attr, data, **kwargs)
        if code == "C7":
            raise ValidationError("C7 is a group: name one of its lines, for example C7.e-health.")
        if not reference.is_action_line(code):
            raise ValidationError(f"Unknown action line {code!r}.")
        return code


class Sdg(fields.Integer):
    """The number of a Sustainable Development Goal, 1 to 17."""

    def __init__(self, **kwargs: Unpack[FieldOptions]) -> None:
        super().__init__(strict=True, validate=validate.Range(min=1, max=17), **kwargs)


class SdgTarget(fields.String):
    """The code of a target, always text: "8.10" is not 8.1."""

    def _deserialize(self, value: object, attr: object, data: object, **kwargs: object) -> str:
        code = super()._deserialize(value, attr, data, **kwargs)
        if not reference.is_sdg_target(code):
            raise ValidationError(f"Unknown SDG target {code!r}.")
        return code


class StakeholderType(fields.String):
    """One of the codes of `reference.stakeholder_types()`."""

    def __init__(self, **kwargs: Unpack[FieldOptions]) -> None:
        super().__init__(validate=validate.OneOf([kind.code for kind in reference.stakeholder_types()]), **kwargs)


class Email(fields.String):
    """Something like a mail address, at most 254 characters (RFC 5321). A service checks it thoroughly (RFC 6531); the
    gateway, which loads the schemas, has no library for that."""

    def __init__(self, **kwargs: Unpack[Presence]) -> None:
        checks = [validate.Length(max=254), validate.Regexp(_MAIL_ADDRESS, error="Not a mail address.")]
        super().__init__(validate=checks, metadata={"format": "email"}, **kwargs)

    def _deserialize(self, value: object, attr: object, data: object, **kwargs: object) -> str:
        return super()._deserialize(value, attr, data, **kwargs).strip()


class Website(fields.Url):
    """An address of the web that leads where it seems to lead."""

    def __init__(self, *, max_length: int = 300, **kwargs: Unpack[FieldOptions]) -> None:
        super().__init__(
            schemes={"http", "https"},
            require_tld=True,
            validate=[validate.Length(max=max_length), validate.Regexp(_ADDRESS, error=_NO_ADDRESS)],
            error_messages={"invalid": _NO_ADDRESS},
            **kwargs,
        )
        self._length = validate.Length(max=max_length)

    def _deserialize(self, value: object, attr: object, data: object, **kwargs: object) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        self._length(text)  # before the patterns, which look at all of it
        return text


class PageQuery(RequestSchema):
    """Query of a list: at most 100 rows, `after` is the cursor of the page before."""

    limit = fields.Integer(
        load_default=20, validate=validate.Range(min=1, max=100), metadata={"description": "Rows, at most 100"}
    )
    after = fields.String(
        load_default=None,
        validate=validate.Length(max=paging.LONGEST),
        metadata={"description": "Cursor of the former page's `next`"},
    )


def page_of(item: type[MarshmallowSchema], name: str, *, counted: bool = False) -> type[MarshmallowSchema]:
    """The response of a list: {"items": [...], "next": cursor or null}, with "total" where it is counted."""
    items = fields.List(fields.Nested(item), required=True)
    shown: dict[str, AnyField] = {"items": items, "next": fields.String(allow_none=True)}
    if counted:
        shown["total"] = fields.Integer(metadata={"description": "Of all pages"})
    return ResponseSchema.from_dict(shown, name=name)


def _longest_run_of_marks(text: str) -> int:
    longest = run = 0
    for char in text:
        run = run + 1 if unicodedata.combining(char) else 0
        longest = max(longest, run)
    return longest


def _counts(field: AnyField) -> Iterator[tuple[int, validate.Length]]:
    """How many items a list or an object has at most, and the check that says so."""
    for check in field.validators:
        if isinstance(check, validate.Length) and (most := check.max or check.equal):
            yield int(most), check
    if isinstance(field, fields.Dict) and field.key_field is not None:
        for check in field.key_field.validators:
            if isinstance(check, validate.OneOf):
                most = len(list(check.choices))
                yield most, validate.Length(max=most)
