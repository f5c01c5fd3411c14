"""What pages make of the form, which is data: its questions with what was answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from wsis_shared.json_types import Input
from wsis_shared.languages import in_language

from wsis_consultation.submissions.rules import editing, publishing
from wsis_consultation.submissions.rules.questions import ENTRIES, LINE, TEXT
from wsis_consultation.submissions.schemas.forms import TYPES

NEW_CHOICES = 8  # of a question that is written on the desk; the API takes more
# Types of questions -> the reference set of their choices.
_SETS = {
    "country": "countries",
    "action_line": "action_lines",
    "action_lines": "action_lines",
    "sdgs": "goals",
    "stakeholder_type": "stakeholder_types",
}
_MANY = ("action_lines", "sdgs")
_INPUTS = {"email": "email", "phone": "tel", "date": "date", "text": "textarea"}
_SPEAKER = ("name", "organization", "country", "email")


def submit(values: Input, _locale: str) -> Input:
    """The whole form, empty, for a stakeholder type."""
    kind = values["query"].get("stakeholder_type")
    return {"types": TYPES, **questionnaire(values["form_data"], {"stakeholder_type": kind})}


def draft(values: Input, _locale: str) -> Input:
    """The form with the answers of the draft; the labels of what is missing."""
    shown = questionnaire(values["form_data"], values["draft_data"]["answers"])
    return {**shown, "missing": _missing(values["draft_data"], shown["field_labels"])}


def submission(values: Input, _locale: str) -> Input:
    """The form with the answers of the contribution."""
    return questionnaire(values["form_data"], values["submission_data"]["answers"])


def mailed(values: Input, _locale: str) -> Input:
    """The form with the answers of what the link opens; empty before."""
    replies = values["replies"]
    found = replies.get("open_submission") or replies.get("open_draft") or {"answers": {}}
    shown = questionnaire(values["form_data"], found["answers"])
    return {**shown, "missing": _missing(found, shown["field_labels"])}


def _missing(found: Input, labels: Mapping[str, str]) -> list[str]:
    return [labels.get(f"answers.{path}", path) for path in found.get("missing") or ()]


def questionnaire(form: Input, answers: Input) -> Input:
    """{sections, field_labels}: a section has entries, one, or those answered and an empty one where it repeats."""
    sections = [_section(section, answers) for section in form["sections"]]
    questions = [each for section in sections for entry in section["entries"] for each in entry["questions"]]
    labels = {each["name"].rstrip("."): each["label"] for each in questions}
    return {"sections": sections, "field_labels": {**labels, **_parts(questions)}}


def _parts(questions: Sequence[Input]) -> Mapping[str, str]:
    return {f"{each['name']}.{row}.name": each["label"] for each in questions for row in range(len(each["rows"]))}


def _section(section: Input, answers: Input) -> Input:
    code, repeat = section["code"], section.get("repeat")
    rows: list[Input] = [*(answers.get(code) or ()), {}][: repeat["max"]] if repeat else [answers]
    entries = [
        {
            "number": number + 1,
            "name": f"answers.{code}.{number}.id",
            "id": row.get("id") if repeat else None,
            "questions": list(
                _asked(section, f"answers.{code}.{number}." if repeat else "answers.", row, bool(repeat))
            ),
        }
        for number, row in enumerate(rows)
    ]
    return {"code": code, "title": section["title"], "repeat": bool(repeat), "entries": entries}


def _asked(section: Input, prefix: str, row: Input, repeats: bool) -> Iterator[Input]:
    titles = {
        question["code"]: {choice["code"]: choice["label"] for choice in question.get("choices") or ()}
        for question in section["questions"]
    }
    for question in section["questions"]:
        code, kind = question["code"], question["type"]
        most = question.get("max") or (TEXT if kind == "text" else LINE)
        value, when = row.get(code), question.get("when") or {}
        if any(titles[earlier] and not titles[earlier].keys() & set(ones) for earlier, ones in when.items()):
            continue  # this type may choose none of the answers that lead to it
        yield {
            **question,
            "name": f"{prefix}{code}" + ("." if kind in _MANY else ""),
            "value": value,
            "set": _SETS.get(kind),
            "titles": titles[code],
            "only": [title for earlier, ones in when.items() for title in _titles_of(ones, titles[earlier])],
            "rows": _rows(kind, value),
            "shape": {
                "type": _INPUTS.get(kind, "text"),
                "required": question.get("required", False) and not when and not repeats,
                "longest": most if kind in ("line", "text") else 0,
                "listed": "countries" if kind == "country" else "",
                "hint": question.get("help") or "",
            },
        }


def _titles_of(answers: Sequence[str], titles: Mapping[str, str]) -> Sequence[str]:
    """Of the answers that lead to a question, those that this type may choose."""
    return [titles[answer] for answer in answers if answer in titles] if titles else answers


def _rows(kind: str, value: object) -> Sequence[object]:
    """What stands in each line of a list: those answered, and an empty one."""
    given = value if isinstance(value, list) else []
    if kind == "speakers":
        return [{part: row.get(part) for part in _SPEAKER} for row in [*given, {}][:ENTRIES]]
    return [*given, ""][:ENTRIES] if kind == "lines" else []


def question(values: Input, locale: str) -> Input:
    """`asked`: the question of the page as it is stored, None where the form has none; whether it is `fixed` that it
    must be answered; and what its limit `counts`: characters, entries, or nothing. Whether it `stays`, or which others
    are to be removed `first`; whether it is the `last` of its section."""
    sections = values["stored"]["sections"]
    place = editing.place_of(sections, values["question"])
    if place is None:
        return {"asked": None}
    section, number = sections[place[0]], place[1]
    asked = section["questions"][number]
    counts = (
        "characters" if asked["type"] in publishing.TEXTS else "entries" if asked["type"] in publishing.LISTS else ""
    )
    return {
        "asked": {"required": False, "max": None, "words": None, **asked, "help": asked.get("help") or {}},
        "fixed": values["question"] in publishing.REQUIRED,
        "counts": counts,
        "stays": editing.is_fixed(section, number),
        "first": [in_language(each["label"], locale) for each in editing.dependants(section, number)],
        "last": len(section["questions"]) == 1,
    }


def new_question(values: Input, _locale: str) -> Input:
    """`into`: the section of the page, None where the form has none; `before` which questions the new one may stand;
    the `conditions` under which it may be asked, each a question with choices; stakeholder `types`."""
    section = next((each for each in values["form_data"]["sections"] if each["code"] == values["section"]), None)
    questions = section["questions"] if section else []
    conditions = [
        {
            "code": each["code"],
            "label": each["label"],
            "choices": {row["code"]: row["label"] for row in each["choices"]},
        }
        for each in questions
        if each.get("choices")
    ]
    before = {each["code"]: each["label"] for each in questions}
    return {"into": section, "before": before, "conditions": conditions, "rows": range(NEW_CHOICES), "types": TYPES}
