"""What a new version of a form must have before it is published. Published versions are never changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from wsis_shared import reference

from wsis_consultation.submissions.rules.questions import (
    CHOICES_FROM,
    TYPES,
    Choice,
    Form,
    Question,
    Section,
    every_question,
    stakeholder_types,
)

# Questions that other parts of the consultation read, with their types. Those of REQUIRED are in every form.
REQUIRED = {
    "full_name": "line",
    "email": "email",
    "organization_name": "line",
    "organization_country": "country",
    "stakeholder_type": "stakeholder_type",
    "kind": "choice",
}
FIXED = REQUIRED | {
    "telephone": "phone",
    "action_lines": "action_lines",
    "sdgs": "sdgs",
    "event_name": "line",
    "event_country": "country",
    "event_starts_on": "date",
    "event_ends_on": "date",
    "per_line.action_line": "action_line",
    "requests.kind": "choice",
    "requests.session_type": "choice",
    "requests.title": "line",
    "requests.description": "text",
    "requests.action_lines": "action_lines",
    "requests.sdgs": "sdgs",
    "requests.speakers": "speakers",
    "requests.co_organizers": "lines",
}
KINDS = {
    "kind": {"form", "national_event", "regional_event"},
    "requests.kind": {"workshop", "exhibition", "speaking_slot", "speaker", "partnership"},
}
REPEATED = {"per_line", "requests"}
MAX_CHARACTERS, MAX_WORDS, MAX_ENTRIES = 20_000, 5_000, 100
TEXTS, LISTS = ("line", "text"), ("action_lines", "sdgs", "speakers", "lines")

Problem = tuple[str, str]


def problems(sections: Sequence[Section], former: Sequence[Form]) -> dict[str, list[str]]:
    """What is wrong, by path ("sections.0.questions.1.label"); empty: it may be published. `former` are all versions
    of the edition: a code keeps its type for ever, so that answers stay readable."""
    found: dict[str, list[str]] = {}
    for path, message in _problems(sections, former):
        found.setdefault(path, []).append(message)
    return found


def _problems(sections: Sequence[Section], former: Sequence[Form]) -> Iterator[Problem]:
    types = {path: question["type"] for form in former for path, question in every_question(form)} | FIXED
    plain: set[str] = {section["code"] for section in sections if section.get("repeat")}
    for index, section in enumerate(sections):
        where = f"sections.{index}"
        yield from _of_texts(f"{where}.title", section["title"])
        yield from _of_audience(where, section)
        if section["code"] in [other["code"] for other in sections[:index]]:
            yield f"{where}.code", "Each entry once."
        if (section["code"] in REPEATED) != bool(section.get("repeat")):
            yield f"{where}.repeat", "The sections per_line and requests repeat, and no others."
        scope = {"id"} if section.get("repeat") else plain
        yield from _of_questions(where, section, scope, types)
    present = dict(every_question({"sections": list(sections)}))
    for code in REQUIRED:
        question = present.get(code)
        if question is None or not question.get("required") or question.get("when") or question.get("asked_of"):
            yield "sections", f"The question {code} is needed: required, of everybody."


def _of_questions(where: str, section: Section, taken: set[str], types: Mapping[str, str]) -> Iterator[Problem]:
    """`taken` are the codes that stand in the same object already; it grows."""
    prefix = f"{section['code']}." if section.get("repeat") else ""
    earlier: dict[str, Question] = {}
    for index, question in enumerate(section["questions"]):
        path, code = f"{where}.questions.{index}", question["code"]
        if code in taken:
            yield f"{path}.code", "Each entry once."
        taken.add(code)
        yield from _of_texts(f"{path}.label", question["label"])
        if question.get("help"):
            yield from _of_texts(f"{path}.help", question["help"])
        yield from _of_audience(path, question)
        if question["type"] not in TYPES:
            yield f"{path}.type", f"Must be one of: {', '.join(TYPES)}."
        elif types.get(prefix + code, question["type"]) != question["type"]:
            yield f"{path}.type", f"This code has the type {types[prefix + code]} for ever: choose another code."
        else:
            yield from _of_choices(path, question, KINDS.get(prefix + code))
            yield from _of_limits(path, question)
        yield from _of_condition(path, question, earlier)
        earlier[code] = question
    repeat = section.get("repeat")
    key = repeat.get("key") if repeat else None
    if key and not (key in earlier and earlier[key].get("required")):
        yield f"{where}.repeat.key", "Name a required question of this section."


def _of_texts(path: str, texts: Mapping[str, str]) -> Iterator[Problem]:
    missing = [language.code for language in reference.languages() if not texts.get(language.code)]
    if missing:
        yield path, f"The text is missing in: {', '.join(missing)}."


def _of_audience(path: str, item: Question | Section | Choice) -> Iterator[Problem]:
    if unknown := set(item.get("asked_of") or ()) - set(stakeholder_types()):
        yield f"{path}.asked_of", f"Unknown stakeholder type: {', '.join(sorted(unknown))}."


def _of_choices(path: str, question: Question, known: set[str] | None) -> Iterator[Problem]:
    choices, source = question.get("choices") or [], question.get("choices_from")
    if question["type"] != "choice":
        if choices or source:
            yield f"{path}.choices", "Only a question of the type choice has choices."
        return
    if bool(choices) == bool(source) or (source and source not in CHOICES_FROM):
        yield f"{path}.choices", "Give choices, or name a list of choices."
    for index, choice in enumerate(choices):
        where = f"{path}.choices.{index}"
        yield from _of_texts(f"{where}.label", choice["label"])
        yield from _of_audience(where, choice)
        if choice["code"] in [other["code"] for other in choices[:index]]:
            yield f"{where}.code", "Each entry once."
        if known is not None and choice["code"] not in known:
            yield f"{where}.code", f"Must be one of: {', '.join(sorted(known))}."


def _of_limits(path: str, question: Question) -> Iterator[Problem]:
    most = MAX_CHARACTERS if question["type"] in TEXTS else MAX_ENTRIES if question["type"] in LISTS else 0
    limit, words = question.get("max"), question.get("words")
    if limit is not None and not most:
        yield f"{path}.max", "Only texts and lists have a limit."
    elif limit is not None and not 1 <= limit <= most:
        yield f"{path}.max", f"A limit between 1 and {most} is possible here."
    if words is not None:
        least, last = words
        if question["type"] != "text" or (last is not None and not (least or 1) <= last <= MAX_WORDS):
            yield f"{path}.words", f"Only texts count words, from the least to the most, at most {MAX_WORDS}."


def _of_condition(path: str, question: Question, earlier: Mapping[str, Question]) -> Iterator[Problem]:
    for code, values in (question.get("when") or {}).items():
        asked = earlier.get(code)
        choices = {choice["code"] for choice in asked.get("choices", [])} if asked else set()
        if asked is None:
            yield f"{path}.when.{code}", "A condition names an earlier question of the section."
        elif choices and (unknown := set(values) - choices):
            yield f"{path}.when.{code}", f"Not a choice of that question: {', '.join(sorted(unknown))}."
