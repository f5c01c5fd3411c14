"""How words are counted, and what the form says in seven languages."""

from __future__ import annotations

import json
import shutil
import subprocess
from importlib.resources import files
from typing import Any

import pytest

from wsis_prizes.editions.rules import editions, reference
from wsis_prizes.projects.rules import form, projects
from wsis_prizes.projects.rules import form as words

COUNTED = {
    "": 0,
    "   ": 0,
    "one": 1,
    "two  words": 2,
    "line\nbreak\ttab": 3,
    "state-of-the-art": 1,
    "https://example.org/a?b=c#d": 1,
    "rock 'n' roll": 3,
    "a — b • c": 3,
    "--- *** ...": 0,
    "Öffentlichkeit für İstanbul": 3,
    "وزارة الصحة": 2,
    "卫生部": 1,
    "Министерство №5": 2,
    "3.5 % of GDP": 3,
    "naïve café": 2,
    "e\u0301tude": 1,
    "non\u00a0breaking": 2,
    "५ गाँव": 2,
}


@pytest.mark.parametrize(("text", "count"), COUNTED.items())
def test_words_are_counted_by_the_rule(text: str, count: int) -> None:
    assert words.count(text) == count


@pytest.mark.parametrize(("count", "right"), [(149, False), (150, True), (200, True), (201, False)])
def test_limits_are_inclusive(make_words: Any, count: int, right: bool) -> None:
    assert (words.problem(make_words(count), 150, 200) is None) is right


def test_a_long_run_of_dashes_is_counted_at_once() -> None:
    assert words.count("-" * 50_000) == 0


@pytest.mark.skipif(shutil.which("node") is None, reason="needs a JavaScript engine to compare with")
def test_the_browser_counts_alike(tmp_path: Any) -> None:

    rule = (files("wsis_prizes.projects.rules") / "word-count.js").read_text("utf-8")
    script = tmp_path / "count.mjs"
    script.write_text(f"{rule}\nconsole.log(JSON.stringify({json.dumps(list(COUNTED))}.map(wordCount)));\n", "utf-8")
    done = subprocess.run(["node", str(script)], capture_output=True, check=True, timeout=30)
    assert json.loads(done.stdout) == list(COUNTED.values())


LANGUAGES = {"en", "fr", "pt", "es", "zh", "ar", "ru"}


def test_every_field_of_the_form_has_label_and_help_in_every_language():
    fields = reference.edition_seed(2017)["form"]["fields"]
    edition = editions.from_seed(reference.edition_seed(2017))
    described = form.described(edition["form"]["fields"], form.form_texts(), "zh")
    assert len(described) == len(fields) + 1  # the language of the texts
    assert {field["code"] for field in described} == set(form.form_texts()) == set(projects.FIELDS)
    for field in described:
        assert set(field["labels"]) == set(field["helps"]) == LANGUAGES
        assert (field["label"], field["help"]) == (field["labels"]["zh"], field["helps"]["zh"])


def test_a_form_that_was_stored_without_them_asks_for_completion_and_language():
    described = form.described([{"code": "title", "required": True}], form.form_texts(), "en")
    required = {field["code"]: field["required"] for field in described}
    assert required == {"title": True, "completed": True, "language": False}


def test_states_are_those_of_the_rules():
    assert [row["code"] for row in projects.state_rows()] == list(projects.STATES)
