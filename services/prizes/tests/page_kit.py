"""How pages of submitters and jurors are looked at without a broker: an edition, its form, what holds for each."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.schemas import LOCALES
from wsis_testkit.pages import Shown

from wsis_prizes.projects.rules.form import described, form_texts

DATES = {
    "submission": ("2016-09-04T22:00:00Z", "2017-02-15T22:00:00Z"),
    "nomination": ("2017-02-15T23:00:00Z", "2017-03-15T22:00:00Z"),
    "public_voting": ("2017-03-15T23:00:00Z", "2017-04-30T21:00:00Z"),
}
EDITION: dict[str, Any] = {
    "edition": "2017",
    "title": "WSIS Prizes 2017",
    "current": ["submission"],
    "phases": [
        {"number": number, "code": code, "title": code.title(), "current": number == 1, "start": start, "end": end}
        for number, (code, (start, end)) in enumerate(DATES.items(), 1)
    ],
    "categories": ["C1", "C7.e-health"],
    "settings": {"every_category": True, "one_per_entity": True, "finalists_per_category": 5},
    "done": {"nominees_published": False, "champions_announced": False, "winners_released": False},
}
_LIMITS: dict[str, dict[str, Any]] = {
    "short_description": {"min_words": 150, "max_words": 200},
    "impact": {"max_words": 300},
}
_NAMES = [name for name in form_texts() if name not in ("completed", "language")]
FORM: dict[str, Any] = {
    "edition": "2017",
    "fields": described(
        [{"code": name, "required": name != "website", **_LIMITS.get(name, {})} for name in _NAMES], form_texts(), "en"
    ),
    "criteria": [
        {"code": "impact", "title": "Results achieved and impact"},
        {"code": "partnerships", "title": "Development of partnerships"},
    ],
}

HERE = "/desk/editions/2017"
each_language = pytest.mark.parametrize("language", LOCALES)


def sound(shown: Shown) -> None:
    """What holds for each page."""
    assert shown.status == 200, shown.text()
    assert len(shown.all("//h1")) == 1
    assert "None" not in shown.text()
    levels = [int(heading.tag[1]) for heading in shown.all("//main//*[self::h1 or self::h2 or self::h3 or self::h4]")]
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False)), levels
    for field in shown.all("//main//form//*[self::input[not(@type='hidden')] or self::textarea or self::select]"):
        labelled = field.xpath("ancestor::label") or shown.all(f"//label[@for='{field.get('id')}']")
        assert labelled, f"{field.get('name')} has a label"
    ids = shown.all("//@id")
    assert len(ids) == len(set(ids)), "each id once"


def wrong(shown: Shown) -> list[str]:
    """Where the summary of errors leads."""
    return shown.all("//div[@role='alert']//a/@href")
