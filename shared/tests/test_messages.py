"""Messages about single fields: found by their English text, told in the reader's language under a stable code."""

from __future__ import annotations

import pytest
from marshmallow import Schema, ValidationError, fields, validate
from wsis_shared import messages
from wsis_shared.messages import FieldMessages

SUITE = FieldMessages([messages.of_suite()])
OWN = FieldMessages(
    [
        {"prizes.words": {"en": "{words} words: at most {most}.", "fr": "{words} mots: au plus {most}."}},
        {"any.text": {"en": "{text}: at most {most}.", "fr": "{text} - {most}"}},
    ]
)


class Form(Schema):
    title = fields.String(required=True, validate=validate.Length(max=3))
    year = fields.Integer(strict=True, validate=validate.Range(min=2012, max=2030))
    state = fields.String(validate=validate.OneOf(["draft", "done"]))


def told(data: dict[str, object], field: str, locale: str) -> messages.FieldMessage:
    with pytest.raises(ValidationError) as refused:
        Form().load(data)
    return SUITE.translate(refused.value.normalized_messages()[field][0], locale)


def test_what_marshmallow_says_is_translated_with_its_figures() -> None:
    assert told({"title": "four"}, "title", "fr") == messages.FieldMessage("field.too_long", "Trop long : au plus 3.")
    assert told({"title": "a", "year": 1}, "year", "ru").text == "Должно быть от 2012 до 2030."
    assert told({"title": "a", "state": "x"}, "state", "es").text == ("Debe ser uno de estos valores: draft, done.")
    assert told({}, "title", "ar").code == "field.required"


def test_english_stays_as_it_was() -> None:
    assert told({"title": "four"}, "title", "en").text == "Longer than maximum length 3."


def test_an_unknown_message_passes_as_it_is() -> None:
    assert SUITE.translate("The moon is full.", "fr") == messages.FieldMessage(None, "The moon is full.")


def test_the_message_with_more_text_of_its_own_wins() -> None:
    assert OWN.translate("201 words: at most 200.", "fr").code == "prizes.words"
    assert OWN.translate("Ballots: at most 3.", "fr").text == "Ballots - 3"


def test_values_are_never_read_as_templates() -> None:
    assert OWN.translate("{most}: at most {text}.", "fr").text == "{most} - {text}"


def test_a_value_of_any_length_costs_little() -> None:
    assert SUITE.translate("Unknown action line " + "x" * 1_000_000 + ".", "fr").code is None
