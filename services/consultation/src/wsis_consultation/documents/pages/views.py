"""What pages make of a document: pure functions."""

from __future__ import annotations

from wsis_shared.json_types import Input
from wsis_shared.sentences import Sentences

_say = Sentences("wsis_consultation", "documents")
# Figures -> (their heading, the heading of the codes, the reference set with the titles of the codes).
_FIGURES = {
    "by_stakeholder_type": ("by_stakeholder_type", "stakeholder_type", "stakeholder_types"),
    "by_region": ("by_region", "region", "regions"),
    "by_action_line": ("by_action_line", "action_line", "action_lines"),
    "by_sdg": ("by_sdg", "goal", "goals"),
    "by_language": ("by_language", "language", "languages"),
    "by_type": ("sessions_by_type", "type", "session_types"),
}
_FORMATS = ("pdf", "docx", "html")  # the model, as JSON, is for programs


def document(values: Input, locale: str) -> Input:
    """A table for each kind of figures; the files of a language in a row; `newer` is the last version of its kind."""
    shown = values["document"]
    tables = [
        {
            "code": name,
            "title": _say(heading, locale),
            "column": _say(column, locale),
            "set": titles,
            "rows": shown["statistics"][name],
            "most": max((row["count"] for row in shown["statistics"][name]), default=0),
        }
        for name, (heading, column, titles) in _FIGURES.items()
        if shown["statistics"].get(name)
    ]
    files = {
        language: [each for each in shown["files"] if each["language"] == language] for language in shown["languages"]
    }
    same = [each for each in (values["documents"] or {}).get("items", []) if each["kind"] == shown["kind"]]
    return {
        "tables": tables,
        "total_of": _say("inputs_received" if shown["kind"] == "outcomes" else "sessions", locale),
        "number_column": _say("number", locale),
        "files": [
            (language, [each for kind in _FORMATS for each in rows if each["format"] == kind])
            for language, rows in files.items()
            if rows
        ],
        "newer": same[0] if same and same[0]["id"] != shown["id"] else None,
    }
