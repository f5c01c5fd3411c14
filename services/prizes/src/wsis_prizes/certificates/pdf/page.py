"""Certificates of champions and winners as PDF, tagged after PDF/UA-1: `page.typ` says what they look like."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from importlib.resources import files

from wsis_shared import clock, reference
from wsis_shared.json_types import Input
from wsis_shared.languages import long_date
from wsis_shared.rendering import fonts, pdf
from wsis_shared.translations import by_language

from wsis_prizes.editions.rules import reference as contest


def render(project: Input, language: str, *, winner: bool, at: datetime) -> bytes:
    """The PDF, the same bytes each time. `project` has what is PRINTED; `at`: when it was announced."""
    texts = _texts(project, language, winner=winner, at=at)
    data = {
        "language": language,
        "direction": reference.language(language).direction,
        "title": f"{texts['prizes']}: {texts['award']}: {project['title']}",
        "winner": winner,
        "texts": texts,
        "goals": [goal.colour for goal in reference.sdgs()],
    }
    made = pdf.typeset(data, {"main": _source()}, at, latin=fonts.SERIF, pdf_standards=pdf.STANDARD)
    return made if isinstance(made, bytes) else b"".join(made)


@cache
def _source() -> bytes:
    return (files(__package__ or "") / "page.typ").read_bytes()


def _texts(project: Input, language: str, *, winner: bool, at: datetime) -> dict[str, str]:
    words = by_language("wsis_prizes", "certificate")[language]
    return {
        "process": words["process"],
        "prizes": words["prizes"].format(project["edition"]),
        "award": words["winner" if winner else "champion"],
        "awarded": words["awarded"],
        "organization": project["organization"],
        "country": reference.country_name(project["country"], language),
        "project": words["project"],
        "title": project["title"],
        "category": words["category"].format(contest.category_title(project["category"], language)),
        "given": words["given"].format(long_date(clock.to_geneva(at), language)),
        "number": f"WSIS-{project['edition']}-{project['number']:04d}",
        "secretariat": words["secretariat"],
    }
