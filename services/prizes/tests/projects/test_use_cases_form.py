"""The form as everybody reads it."""

from __future__ import annotations

from typing import Any

from wsis_prizes.projects import schemas


def test_the_rule_of_words_is_served(contest: Any) -> None:
    assert contest.call("count_words", body={"text": "two  words — here"}) == {"words": 3}
    served = contest.call("read_word_counter")
    assert "wordCount" in served["text"]
    assert contest.call("read_form", edition="2017")["word_rule"]["split"] == r"\s+"


def test_the_form_has_labels_and_help_in_the_readers_language(contest: Any) -> None:
    form = schemas.Form().dump(contest.call("read_form", edition="2017", context={"locale": "es"}))
    fields = {field["code"]: field for field in form["fields"]}
    assert fields["completed"]["required"] is True
    assert (fields["title"]["label"], fields["title"]["labels"]["fr"]) == ("Título del proyecto", "Titre du projet")
    assert fields["short_description"]["help"] == "Lo que los votantes leerán sobre el proyecto."
