"""What pages make of a document: pure functions."""

from __future__ import annotations

from wsis_shared.document_versions import PUBLISHED
from wsis_shared.json_types import Input
from wsis_shared.schemas import LOCALES
from wsis_shared.sentences import Sentences

from wsis_consultation.documents.rules import KINDS, OUTCOMES, PROSE

_say = Sentences("wsis_consultation", "documents")
# Figures -> (their heading, the heading of the codes, the reference set with the titles of the codes; none for types of
# sessions, which an edition has).
_FIGURES = {
    "by_stakeholder_type": ("by_stakeholder_type", "stakeholder_type", "stakeholder_types"),
    "by_region": ("by_region", "region", "regions"),
    "by_action_line": ("by_action_line", "action_line", "action_lines"),
    "by_sdg": ("by_sdg", "goal", "goals"),
    "by_language": ("by_language", "language", "languages"),
    "participants_by_rank": ("participants_by_rank", "rank", "participant_ranks"),
    "participants_by_stakeholder_type": ("participants_by_stakeholder_type", "stakeholder_type", "stakeholder_types"),
    "participants_by_region": ("participants_by_region", "region", "regions"),
    "by_type": ("sessions_by_type", "type", ""),
    "sessions_by_action_line": ("sessions_by_action_line", "action_line", "action_lines"),
    "sessions_by_sdg": ("sessions_by_sdg", "goal", "goals"),
}
# What the Outcome Document counts beside its sessions.
_TOTALS = ("participants", "participant_countries", "ministers", "outcomes")
_FORMATS = ("pdf", "docx", "html")  # the model, as JSON, is for programs


def document(values: Input, locale: str) -> Input:
    """A table for each kind of figures; the files of a language in a row; `newer` is the last version of its kind."""
    shown = values["document"]
    figures = shown["statistics"]
    tables = [
        {
            "code": name,
            "title": _say(heading, locale),
            "column": _say(column, locale),
            "set": titles,
            "rows": figures[name],
            "most": max((row["count"] for row in figures[name]), default=0),
        }
        for name, (heading, column, titles) in _FIGURES.items()
        if figures.get(name)
    ]
    files = {
        language: [each for each in shown["files"] if each["language"] == language] for language in shown["languages"]
    }
    same = [each for each in (values["documents"] or {}).get("items", []) if each["kind"] == shown["kind"]]
    return {
        "tables": tables,
        "totals": [
            *((_say(f"figure_{name}", locale), figures[name]) for name in _TOTALS if name in figures),
            (_say("inputs_received" if shown["kind"] == OUTCOMES else "sessions", locale), shown["total"]),
        ],
        "types": {row["code"]: row["title"] for row in values["types"]["items"]},
        "number_column": _say("number", locale),
        "files": [
            (language, [each for kind in _FORMATS for each in rows if each["format"] == kind])
            for language, rows in files.items()
            if rows
        ],
        "newer": same[0] if same and same[0]["id"] != shown["id"] else None,
    }


def building(_values: Input, locale: str) -> Input:
    """The kinds of documents, by code, and all languages."""
    return {"kinds": {kind: _say(f"{kind}_title", locale) for kind in KINDS}, "all_languages": list(LOCALES)}


def draft(values: Input, locale: str) -> Input:
    """The texts of a version, its files by language, and what differs from the version that is published."""
    shown = values["found"]
    same = (each for each in values["versions"]["items"] if each["kind"] == shown["kind"])
    former = next((each for each in same if each["status"] == PUBLISHED and each["id"] != shown["id"]), None)
    parts = [(name, _say(name, locale)) for name in PROSE[shown["kind"]]]
    return {
        "parts": parts,
        "files": [
            (code, [_sized(each) for each in shown["files"] if each["language"] == code and each["format"] in _FORMATS])
            for code in shown["languages"]
        ],
        "former": former,
        "figures": _figures(shown, former, locale) if former else [],
        "texts_changed": [
            (heading, codes) for name, heading in parts if former and (codes := _differing(name, shown, former))
        ],
    }


def _sized(file: Input) -> Input:
    return {**file, "kilobytes": max(1, round(file["size"] / 1000))}


def _figures(shown: Input, former: Input, locale: str) -> list[tuple[str, int, int]]:
    total = _say("inputs_received" if shown["kind"] == OUTCOMES else "sessions", locale)
    return [(total, former["total"], shown["total"])]


def _differing(name: str, shown: Input, former: Input) -> list[str]:
    """The languages in which this text is another one."""
    was, now = (each["prose"].get(name, {}) for each in (former, shown))
    return [code for code in LOCALES if was.get(code) != now.get(code)]
