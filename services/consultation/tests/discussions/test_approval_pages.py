"""Comments that wait for an approval, on pages and without a broker."""

import pytest

from ..page_answers import DISCUSSION, comment
from ..page_kit import in_each_language, site

PLACE, DESK = "/en/consultations/2017/discussions/d1", "/en/desk/consultations/2017/waiting-comments/d1"
WAITING = comment(0, id="c1", discussion="d1", status="waiting", markdown="Texte", moderation=None, parent=1)
REFUSED = {
    **WAITING,
    "id": "c2",
    "status": "refused",
    "moderation": {"reason": "Publicité", "at": "2016-09-04T08:00:00Z"},
}
ASKS = {**DISCUSSION, "approval": True, "html": "<p>?</p>", "markdown": "?", "feed": "/feed"}


@pytest.fixture
def pages():
    return site(
        list_waiting={"items": []},
        read_discussion=ASKS,
        list_waiting_comments={"items": [WAITING], "next": None},
        list_own_waiting_comments={"items": [REFUSED, WAITING], "next": None},
        read_waiting_comment=WAITING,
        decide_comment={"decision": "approved", "number": 3},
        post_comment={**WAITING, "editable": False},
        take_back_comment=None,
    ).sign_in("officer", "member")


@pytest.mark.parametrize(
    "path",
    [
        "/consultations/2017/discussions/d1/comments/0",
        "/desk/consultations/2017/waiting-comments/d1",
        "/desk/consultations/2017/waiting-comments/d1/c1",
    ],
)
def test_a_page_shows_in_each_language(pages, path):
    in_each_language(pages, path)


def test_an_author_reads_that_the_comment_waits_and_takes_it_back(pages):
    assert "once a moderator has approved them" in pages.get(PLACE).text()
    shown = pages.get(f"{PLACE}/reply").send(text="Bonjour", language="fr")
    assert pages.sent("post_comment")[0]["body"]["language"] == "fr"
    assert shown.address == f"{PLACE}/comments/0"
    assert "Publicité" in shown.text()
    check = shown.send(1)
    assert not pages.sent("take_back_comment")
    check.send()
    assert pages.sent("take_back_comment")[0]["comment"] == "c1"


def test_the_language_of_the_page_is_proposed(pages):
    [chosen] = pages.get(PLACE.replace("/en/", "/ar/") + "/reply").all("//select[@name='language']/option[@selected]")
    assert chosen.get("value") == "ar"


def test_a_moderator_decides_and_a_refusal_needs_a_reason(pages):
    assert f"{DESK}/c1" in pages.get(DESK).all("//main//a/@href")
    refused = pages.get(f"{DESK}/c1").send(decision="refused", reason="")
    assert not pages.sent("decide_comment")
    assert "Say why." in refused.text()
    assert refused.send(decision="approved").address == DESK
    assert pages.sent("decide_comment")[0]["body"] == {"decision": "approved", "reason": ""}


def test_comments_are_searched_from_a_discussion(pages):
    in_each_language(pages, "/consultations/2017/comments")
    address = "/en/consultations/2017/comments?discussion=d1"
    assert address in pages.get(PLACE).all("//main//a/@href")
    found = pages.get(f"{address}&text=Texte&language=fr")
    asked = pages.sent("search_comments")[-1]
    assert (asked["text"], asked["language"], asked["discussion"]) == ("Texte", "fr", "d1")
    assert f"{PLACE}/comments/1" in found.all("//main//a/@href")
