"""A form version and a stakeholder type become one JSON Schema 2020-12, the same for server and browsers.

Beside the standard it has three keywords: `minWords` and `maxWords` count as `domain.words` does; `uniqueBy` names the
property by which no two entries of a list may be equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from wsis_consultation.submissions.rules.forms.questions import (
    Form,
    Question,
    Schema,
    definitions,
    sections_for,
    value_schema,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def compile_form(form: Form, stakeholder_type: str | None, *, draft: bool = False) -> Schema:
    """The schema of the answers. That of a draft bounds each answer and requires none."""
    plain: list[Question] = []
    repeated: dict[str, Schema] = {}
    for section, questions in sections_for(form, stakeholder_type):
        if section.get("repeat"):
            repeated[section["code"]] = _list_schema(section, questions, stakeholder_type, draft=draft)
        else:
            plain += questions
    schema = _object_schema(plain, stakeholder_type, draft=draft)
    schema["properties"] |= repeated
    return {"$schema": DIALECT, "$defs": definitions(), **schema}


def _list_schema(section: Any, questions: Sequence[Question], stakeholder_type: str | None, *, draft: bool) -> Schema:
    entry = _object_schema(questions, stakeholder_type, draft=draft)
    entry["properties"]["id"] = {"type": "string", "maxLength": 64, "pattern": "^[A-Za-z0-9._-]+$"}
    schema: Schema = {"type": "array", "items": entry, "maxItems": section["repeat"]["max"]}
    return {**schema, "uniqueBy": section["repeat"]["key"]} if section["repeat"].get("key") else schema


def _object_schema(questions: Iterable[Question], stakeholder_type: str | None, *, draft: bool) -> Schema:
    questions = list(questions)
    schema: Schema = {
        "type": "object",
        "properties": {item["code"]: value_schema(item, stakeholder_type, draft=draft) for item in questions},
        "additionalProperties": False,
    }
    if draft:
        return schema
    schema["required"] = [item["code"] for item in questions if item.get("required") and not item.get("when")]
    if conditional := [_condition(item) for item in questions if item.get("when")]:
        schema["allOf"] = conditional
    return schema


def _condition(question: Question) -> Schema:
    """Asked under `when`; elsewhere no answer is accepted."""
    code, when = question["code"], question["when"]
    return {
        "if": {"properties": {name: {"enum": list(values)} for name, values in when.items()}, "required": list(when)},
        "then": {"required": [code]} if question.get("required") else True,
        "else": {"properties": {code: False}},
    }
