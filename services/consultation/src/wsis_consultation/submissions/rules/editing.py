"""One question of a form: in place of another, added or removed. The next version is the rest of the form with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from typing import cast

from wsis_shared import languages
from wsis_shared.errors import Conflict, Invalid
from wsis_shared.json_types import Input

from wsis_consultation.submissions.rules.publishing import FIXED, REQUIRED
from wsis_consultation.submissions.rules.questions import Question, Section, Sections

MAX_CODE = 50  # characters of a code that is made; a code may have 60


# What a question has as an officer gives it.
_AS_WANTED = ("type", "label", "help", "required", "max", "when", "asked_of")


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


def section_at(sections: Sequence[Section], code: str) -> int | None:
    """The place of a section, from 0; None where the form has no such section."""
    return next((at for at, section in enumerate(sections) if section["code"] == code), None)


def made(wanted: Input, taken: Collection[str]) -> Question:
    """The question that is wanted, as forms have it. Where it or a choice names no code, the English text makes one
    that is none of those `taken`."""
    question = {name: value for name, value in wanted.items() if name in _AS_WANTED and value}
    question["code"] = wanted.get("code") or code_of(wanted["label"].get("en", ""), taken)
    words = [wanted.get("least_words"), wanted.get("most_words")]
    choices: list[Input] = []
    for choice in wanted.get("choices") or ():
        used = [row["code"] for row in choices]
        given = {name: value for name, value in choice.items() if value}
        choices.append({"code": code_of(choice["label"].get("en", ""), used), **given})
    rest = {"words": words if words != [None, None] else None, "choices": choices}
    return cast(Question, {**question, **{name: value for name, value in rest.items() if value}})


def code_of(text: str, taken: Collection[str]) -> str:
    """A code for a text: "What is your budget?" gives "what_is_your_budget", a second one "what_is_your_budget_2"."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    code = re.sub("[^a-z0-9]+", "_", plain).strip("_")[:MAX_CODE].rstrip("_")
    code = code if code[:1].isalpha() else f"q_{code}".rstrip("_")
    number = 1
    while (found := f"{code}_{number}" if number > 1 else code) in taken:
        number += 1
    return found


def used_codes(forms: Iterable[Sections]) -> set[str]:
    """The codes of all questions and sections of some versions, and those that mean something by themselves: an answer
    to a new question never looks like one to a former question."""
    fixed = {part for path in FIXED for part in path.split(".")}
    sections = [section for form in forms for section in form["sections"]]
    asked = {question["code"] for section in sections for question in section["questions"]}
    return {"id", *fixed, *asked, *(section["code"] for section in sections)}


def added(sections: Sequence[Section], at: int, question: Question, before: str = "") -> tuple[list[Section], int]:
    """The sections with one more question, and its place in the section at `at`: before another, or the last. Raises
    Invalid where the section has no question `before`."""
    former = sections[at]["questions"]
    codes = [each["code"] for each in former]
    if before and before not in codes:
        raise Invalid("consultation.form_invalid", fields={"before": ["This section has no such question."]})
    number = codes.index(before) if before else len(codes)
    section: Section = {**sections[at], "questions": [*former[:number], question, *former[number:]]}
    return [*sections[:at], section, *sections[at + 1 :]], number


def removed(sections: Sequence[Section], place: tuple[int, int]) -> list[Section]:
    """The sections without the question of a place; the last one of a section takes it along. Raises Conflict where
    the form needs it."""
    at, number = place
    section = sections[at]
    if is_fixed(section, number) or dependants(section, number):
        raise Conflict("consultation.form_question_needed")
    rest = [question for each, question in enumerate(section["questions"]) if each != number]
    left: list[Section] = [{**section, "questions": rest}] if rest else []
    return [*sections[:at], *left, *sections[at + 1 :]]


def is_fixed(section: Section, number: int) -> bool:
    """Does each form have this question, or do entries of the section differ in it?"""
    code, repeat = section["questions"][number]["code"], section.get("repeat")
    return repeat.get("key") == code if repeat else code in REQUIRED


def dependants(section: Section, number: int) -> list[Question]:
    """The questions that are asked under certain answers to that one."""
    code = section["questions"][number]["code"]
    return [question for question in section["questions"] if code in (question.get("when") or {})]


def of_question(problems: dict[str, list[str]], place: tuple[int, int]) -> dict[str, list[str]]:
    """What is wrong, by the fields of a change where it is about the question of that place."""
    own = f"sections.{place[0]}.questions.{place[1]}."
    names = {"words": "most_words"}
    return {names.get(name := path.removeprefix(own), name): said for path, said in problems.items()}
