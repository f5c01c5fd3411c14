"""How pages are looked at without a broker: with what services answer, and what holds for each page."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.schemas import LOCALES
from wsis_testkit.pages import Pages, Shown

from .page_answers import ANSWERS


def site(**answers: Any) -> Pages:
    """The pages of the consultation, and of the service that signs people in."""
    return Pages(
        {**ANSWERS, **{f"consultation.{name}": answer for name, answer in answers.items()}}, "consultation", "accounts"
    )


def sound(shown: Shown) -> None:
    """What holds for each page."""
    assert shown.status == 200, shown.text()
    assert len(shown.all("//h1")) == 1
    assert "None" not in shown.text()
    for field in shown.all("//main//form//*[self::input[not(@type='hidden')] or self::textarea or self::select]"):
        labelled = field.xpath("@aria-label | ancestor::label") or shown.all(f"//label[@for='{field.get('id')}']")
        assert labelled, f"{field.get('name')} has a label"


def in_each_language(pages: Pages, path: str) -> None:
    """The page is sound in all languages."""
    for language in LOCALES:
        sound(pages.get(f"/{language}{path}"))


def leads_where_one_may(pages: Pages, path: str) -> None:
    """No link of the page, nor above it, leads this visitor to a page that is closed to them."""
    shown = pages.get(path)
    sound(shown)
    links = {
        str(link) for link in shown.all("//main//a/@href | //nav[@class='crumbs']//a/@href") if link.startswith("/")
    }
    assert links
    assert [link for link in sorted(links) if pages.get(link).status == 403] == []


each_language = pytest.mark.parametrize("language", LOCALES)
