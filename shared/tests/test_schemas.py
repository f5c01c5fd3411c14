"""Text is measured before it is normalised: no request body makes it slow."""

from __future__ import annotations

import time
import unicodedata

import pytest
from marshmallow import ValidationError, fields, validate
from wsis_shared.schemas import MAX_MARKS, MAX_UNKNOWN, Localised, RequestSchema, Text, Website

# Two combining classes in descending order: NFC sorts each mark of the second behind all of the first.
MARKS = "\u0315" * 63_000 + "\u0316" * 63_000
BUDGET = 0.25  # seconds of processor time; NFC of these marks takes 15


class Form(RequestSchema):
    name = Text(max_length=100)
    long = Text(max_length=50_000, many_lines=True)
    by_language = Localised(max_length=50_000)


@pytest.mark.parametrize("body", [{"name": "a" + MARKS}, {"long": "a" + MARKS}, {"by_language": {"en": "a" + MARKS}}])
def test_marks_are_refused_at_once(body):
    started = time.process_time()
    errors = Form().validate(body)
    assert time.process_time() - started < BUDGET
    assert set(errors) == set(body)


def test_runs_of_marks_within_the_length_are_refused_at_once():
    text = ("a" + "\u0315" * 25_000 + "\u0316" * 25_000) * 3
    started = time.process_time()
    errors = Form().validate({"long": text})
    assert time.process_time() - started < BUDGET
    assert errors == {"long": [f"At most {MAX_MARKS} combining marks in a row are allowed."]}


def test_text_up_to_the_bound_is_normalised_quickly():
    text = ("a" + "\u0315" * 15 + "\u0316" * 15) * 1600
    started = time.process_time()
    loaded = Form().load({"long": text})
    assert time.process_time() - started < BUDGET
    assert loaded["long"] == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("composed", ["Việt Nam " * 11, "한국어 " * 24, "naïve", "ᾧ" * 100, "हिन्दी", "مُحَمَّد"])
def test_decomposed_text_of_the_right_length_is_accepted(composed):
    assert Form().load({"name": unicodedata.normalize("NFD", composed)}) == {
        "name": unicodedata.normalize("NFC", composed).strip()
    }


@pytest.mark.parametrize("text", ["a" * 101, "a" * 1000, "", "   "])
def test_length_is_that_of_the_normalised_text(text):
    with pytest.raises(ValidationError, match="Length must be between 1 and 100"):
        Form().load({"name": text})


@pytest.mark.parametrize(("many_lines", "allowed"), [(False, ""), (True, "\n\r\t")])
def test_text_refuses_every_control_character_and_surrogate(many_lines: bool, allowed: str) -> None:
    import sys
    import unicodedata

    field = Text(max_length=10, many_lines=many_lines)
    wanted = {char for char in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(char) in ("Cc", "Cs")}
    assert wanted - {char for char in wanted if _refuses(field, f"a{char}b")} == set(allowed)
    assert not any(_refuses(field, f"a{chr(code)}b") for code in range(0xA0, 0x2000))


def _refuses(field: Text, text: str) -> bool:
    try:
        field.deserialize(text)
    except ValidationError:
        return True
    return False


class Listed(RequestSchema):
    votes = fields.List(fields.Nested(Form), validate=validate.Length(max=10))
    codes = fields.List(fields.Integer(), data_key="code", validate=validate.Length(min=2, max=10))


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ({"votes": [1] * 25_000}, {"votes": ["Longer than maximum length 10."]}),
        ({"code": ["x"] * 11}, {"code": ["Length must be between 2 and 10."]}),
        (
            {"votes": [{"by_language": {f"l{n}": 0 for n in range(1000)}}]},
            {"votes": {0: {"by_language": ["Longer than maximum length 7."]}}},
        ),
    ],
)
def test_a_list_is_counted_before_its_items_are_looked_at(body, wanted):
    assert Listed().validate(body) == wanted


def test_items_within_the_number_are_looked_at():
    assert Listed().validate({"votes": [{"name": 1}], "code": ["x", 1]}) == {
        "votes": {0: {"name": ["Not a valid string."]}},
        "code": {0: ["Not a valid integer."]},
    }


def test_a_list_that_is_too_short_is_named_with_all_that_is_wrong():
    assert Listed().validate({"votes": [{"name": 1}], "code": [1]}) == {
        "votes": {0: {"name": ["Not a valid string."]}},
        "code": ["Length must be between 2 and 10."],
    }


def test_only_some_of_many_unknown_fields_are_named():
    assert Form().validate({f"f{number}": 0 for number in range(10_000)}) == {
        f"f{number}": ["Unknown field."] for number in range(MAX_UNKNOWN)
    }
    assert set(Form().validate({f"f{number}": 0 for number in range(MAX_UNKNOWN)} | {"name": 1})) == {
        *(f"f{number}" for number in range(MAX_UNKNOWN)),
        "name",
    }


def test_an_address_is_measured_before_it_is_looked_at():
    with pytest.raises(ValidationError) as refused:
        Website().deserialize("http://" + "a." * 100_000)
    assert refused.value.messages == ["Longer than maximum length 300."]
