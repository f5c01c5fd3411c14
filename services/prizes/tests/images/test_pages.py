"""The pages where an image is given, seen and removed, without a broker."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_testkit.pages import Pages

from ..desk_answers import ANSWERS, PROJECT
from ..page_kit import each_language, sound
from ..projects.test_pages import DRAFT, site
from ..projects.test_pages import EDITION as OPEN

HERE, DESK = "/en/me/projects/p1/image", "/en/desk/editions/2017/projects/p1"
IMAGE: dict[str, Any] = {
    "alt": "ممرضة أمام شاشة",
    "small": {"url": "/v1/projects/p1/image?size=small", "width": 480, "height": 240},
    "large": {"url": "/v1/projects/p1/image?size=large", "width": 960, "height": 480},
}


def details(**changes: Any) -> dict[str, Any]:
    return {"project": "p1", "image": IMAGE, "removed_because": None, **changes}


@pytest.fixture
def pages() -> Pages:
    made = site(OPEN)
    made.bus.answers |= {
        "prizes.read_image_details": details(),
        "prizes.read_own_project": {**DRAFT, "image": IMAGE},
        "prizes.remove_own_image": None,
    }
    return made


def image(shown: Any) -> dict[str, str]:
    [found] = shown.all("//main//img")
    return dict(found.attrib)


@each_language
@pytest.mark.parametrize(
    "shown", [details(), details(image=None), details(image=None, removed_because="It advertises a product")]
)
def test_it_shows_in_each_language(pages: Pages, language: str, shown: dict[str, Any]) -> None:
    pages.bus.answers["prizes.read_image_details"] = shown
    sound(pages.get(f"/{language}/me/projects/p1/image"))


def test_the_image_is_told_to_who_cannot_see_it_and_keeps_its_place(pages: Pages) -> None:
    shown = image(pages.get(HERE))
    assert (shown["alt"], shown["lang"], shown["width"], shown["height"]) == (IMAGE["alt"], "ar", "960", "480")
    assert shown["src"] == f"{HERE}?file=image"
    assert image(pages.get("/en/me/projects/p1"))["src"] == f"{HERE}?file=image"


@pytest.mark.usefixtures("database")  # the gateway stores a file before the service is asked
def test_a_file_without_words_is_not_taken(pages: Pages) -> None:
    shown = pages.get(HERE)
    refused = shown.send(shown.form("Upload"), chosen=("a.png", "image/png", b"\x89PNG"), alt="")
    assert refused.status == 422
    assert "#set-alt" in refused.all("//div[@role='alert']//a/@href")
    assert pages.sent("set_image") == []


def test_it_is_removed_after_a_check(pages: Pages) -> None:
    shown = pages.get(HERE)
    check = shown.send(shown.form("Remove the image"))
    assert "You may upload another" in check.text()
    assert pages.sent("remove_own_image") == []
    check.send()
    assert [each["project"] for each in pages.sent("remove_own_image")] == ["p1"]


def test_what_the_secretariat_removed_says_why_and_what_is_fixed_has_no_form(pages: Pages) -> None:
    pages.bus.answers |= {
        "prizes.read_image_details": details(image=None, removed_because="It advertises a product"),
        "prizes.read_own_project": {**DRAFT, "editable": False},
    }
    shown = pages.get(HERE)
    assert "The secretariat has removed the image.It advertises a product" in shown.text()
    assert shown.all("//main//form") == []


def test_an_officer_removes_it_with_a_reason_after_a_check() -> None:
    found = {**PROJECT, "image": IMAGE}
    pages = Pages({**ANSWERS, "prizes.read_project": found, "prizes.remove_image": None}, "prizes", "accounts")
    shown = pages.sign_in("officer").get(DESK)
    assert image(shown)["src"] == f"{DESK}?file=image"
    check = shown.send(_form="remove_image", reason="It advertises a product")
    assert "deleted for good" in check.text()
    check.send()
    [removed] = pages.sent("remove_image")
    assert (removed["project"], removed["body"]["reason"]) == ("p1", "It advertises a product")
