"""Base schemas and common fields: strict for requests, tolerant for responses."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any

from marshmallow import EXCLUDE, RAISE, ValidationError, fields, validate
from marshmallow import Schema as MarshmallowSchema
from wsis_shared import clock, reference

LOCALES = ("en", "fr", "pt", "es", "zh", "ar", "ru")

# Characters that reorder or hide text (Unicode TR 36): directional embeddings, overrides and isolates.
_BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])

# NFC costs quadratic time over a run of combining marks, so text is measured before it is normalised. 30 marks in a row
# are what Unicode's Stream-Safe Text Format allows (UAX 15); a composed character has at most 4 code points before NFC.
MAX_MARKS = 30
MAX_DECOMPOSED = 4


class RequestSchema(MarshmallowSchema):
    """Base of request schemas: an unknown field is an error that names it."""

    class Meta:
        unknown = RAISE


class ResponseSchema(MarshmallowSchema):
    """Base of response schemas: fields that are not declared are dropped."""

    class Meta:
        unknown = EXCLUDE


class Text(fields.String):
    """One line of human text: NFC, trimmed, no control characters, no line breaks, no bidi controls.

    `many_lines=True` allows line feeds and tabs. Lone surrogates are refused: they are not text (RFC 3629).
    """

    def __init__(self, *, max_length: int, min_length: int = 1, many_lines: bool = False, **kwargs: Any) -> None:
        self.many_lines, self.max_length = many_lines, max_length
        self._length = validate.Length(min=min_length, max=max_length)
        super().__init__(validate=[self._length, *_as_list(kwargs.pop("validate", None))], **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        raw: str = super()._deserialize(value, attr, data, **kwargs)
        if len(raw) > MAX_DECOMPOSED * self.max_length:
            self._length(raw)  # raises
        if not raw.isascii() and _longest_run_of_marks(raw) > MAX_MARKS:
            raise ValidationError(f"At most {MAX_MARKS} combining marks in a row are allowed.")
        text = unicodedata.normalize("NFC", raw).translate(_BIDI)
        if self.many_lines:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        allowed = "\n\t" if self.many_lines else ""
        if any(unicodedata.category(char) in ("Cc", "Cs") and char not in allowed for char in text):
            raise ValidationError("Control characters and line breaks are not allowed here.")
        if any(char in "\u2028\u2029" for char in text):
            raise ValidationError("Line separators are not allowed here.")
        return text.strip()


class Id(fields.String):
    """An id of the suite: 1 to 64 characters of A-Z a-z 0-9 . _ -"""

    def __init__(self, **kwargs: Any) -> None:
        checks = [
            validate.Regexp(r"\A[A-Za-z0-9._-]{1,64}\Z", error="Not an id."),
            *_as_list(kwargs.pop("validate", None)),
        ]
        super().__init__(validate=checks, **kwargs)


class Utc(fields.Field):
    """A time: parses RFC 3339 with an offset, dumps UTC with `Z`. Dumps datetimes and such strings."""

    def _serialize(self, value: Any, attr: Any, obj: Any, **kwargs: Any) -> str | None:
        return clock.iso(value) if isinstance(value, datetime) else value

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> datetime:
        try:
            if not isinstance(value, str):
                raise ValueError("not a string")
            return clock.parse(value)
        except (ValueError, OverflowError) as error:
            raise ValidationError("Not a moment like 2017-04-30T21:00:00Z.") from error


class Locale(fields.String):
    """One of the seven languages."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.OneOf(LOCALES), **kwargs)


class Localised(fields.Dict):
    """The same text by language: {"en": "...", "fr": "..."}."""

    def __init__(self, *, max_length: int = 5000, **kwargs: Any) -> None:
        super().__init__(keys=Locale(), values=Text(max_length=max_length, many_lines=True), **kwargs)


class Country(fields.String):
    """An ISO 3166-1 alpha-2 code, upper case: "NO", "NA"."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        code = super()._deserialize(value, attr, data, **kwargs)
        if not reference.is_country(code):
            raise ValidationError(f"Unknown country code {code!r}: ISO 3166-1 alpha-2, upper case, for example NO.")
        return code


class Region(fields.String):
    """The code of an ITU region, for example "arab_states", or "international" for those without a country."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        code = super()._deserialize(value, attr, data, **kwargs)
        known = {*(region.code for region in reference.itu_regions()), reference.no_region().code}
        if code not in known:
            raise ValidationError(f"Unknown region {code!r}.")
        return code


class ActionLine(fields.String):
    """The code of a leaf: "C1" or "C7.e-health". Bare "C7" is refused: nothing is filed under it."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        code = super()._deserialize(value, attr, data, **kwargs)
        if code == "C7":
            raise ValidationError("C7 is a group: name one of its lines, for example C7.e-health.")
        if not reference.is_action_line(code):
            raise ValidationError(f"Unknown action line {code!r}.")
        return code


class Sdg(fields.Integer):
    """The number of a Sustainable Development Goal, 1 to 17."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(min=1, max=17), **kwargs)


class SdgTarget(fields.String):
    """The code of a target, always text: "8.10" is not 8.1."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        code = super()._deserialize(value, attr, data, **kwargs)
        if not reference.is_sdg_target(code):
            raise ValidationError(f"Unknown SDG target {code!r}.")
        return code


class StakeholderType(fields.String):
    """One of the codes of `reference.stakeholder_types()`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.OneOf([kind.code for kind in reference.stakeholder_types()]), **kwargs)


class PageQuery(RequestSchema):
    """Query of a list: at most 100 rows, `after` is the cursor of the page before."""

    limit = fields.Integer(
        load_default=20, validate=validate.Range(min=1, max=100), metadata={"description": "Rows, at most 100"}
    )
    after = fields.String(
        load_default=None,
        validate=validate.Length(max=512),
        metadata={"description": "Cursor of the former page's `next`"},
    )


def page_of(item: type[MarshmallowSchema], name: str) -> type[MarshmallowSchema]:
    """The response of a list: {"items": [...], "next": cursor or null}."""
    return ResponseSchema.from_dict(
        {"items": fields.List(fields.Nested(item), required=True), "next": fields.String(allow_none=True)}, name=name
    )


def _longest_run_of_marks(text: str) -> int:
    longest = run = 0
    for char in text:
        run = run + 1 if unicodedata.combining(char) else 0
        longest = max(longest, run)
    return longest


def _as_list(checks: Any) -> list[Any]:
    return list(checks) if isinstance(checks, (list, tuple)) else [checks] if checks else []
