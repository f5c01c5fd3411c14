"""One question of a form in place of another: the next version is the rest of the form with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from wsis_shared import languages
from wsis_shared.json_types import Input

from wsis_consultation.submissions.rules.questions import Question, Section


def place_of(sections: Sequence[Section], path: str) -> tuple[int, int] | None:
    """(section, question) of a path of `every_question`, from 0; None where the form has no such question."""
    for at, section in enumerate(sections):
        prefix = f"{section['code']}." if section.get("repeat") else ""
        for number, question in enumerate(section["questions"]):
            if f"{prefix}{question['code']}" == path:
                return at, number
    return None


def changed(question: Question, wanted: Input) -> Question:
    """The question with what is wanted of it: label and help by language, required, max, least_words and most_words.
    What is not named stays. Raises Invalid where no label would be left."""
    made = {name: value for name, value in question.items() if name not in ("help", "required", "max", "words")}
    made["label"] = languages.merge(question["label"], wanted.get("label", {}), required_as="label")
    texts = languages.merge(question.get("help", {}), wanted.get("help", {}))
    least, most = question.get("words") or (None, None)
    words = [wanted.get("least_words", least), wanted.get("most_words", most)]
    rest = {
        "help": texts,
        "required": wanted.get("required", question.get("required", False)),
        "max": wanted.get("max", question.get("max")),
        "words": words if words != [None, None] else None,
    }
    return cast(Question, {**made, **{name: value for name, value in rest.items() if value}})


def with_question(sections: Sequence[Section], place: tuple[int, int], question: Question) -> list[Section]:
    """The sections with this question at a place."""
    at, number = place
    changed_section = sections[at]
    rows = [question if each == number else former for each, former in enumerate(changed_section["questions"])]
    return [*sections[:at], {**changed_section, "questions": rows}, *sections[at + 1 :]]


def of_question(problems: dict[str, list[str]], place: tuple[int, int]) -> dict[str, list[str]]:
    """What is wrong, by the fields of a change where it is about the question of that place."""
    own = f"sections.{place[0]}.questions.{place[1]}."
    names = {"words": "most_words"}
    return {names.get(name := path.removeprefix(own), name): said for path, said in problems.items()}
