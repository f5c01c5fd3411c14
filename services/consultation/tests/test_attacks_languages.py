"""A text in a second language never deletes the first; null removes one."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_testkit import actor, refused

WHERE = {"edition": "2017", "at": "programme"}
READER = actor("member")


pytestmark = pytest.mark.usefixtures("people")


@pytest.fixture
def do(consultation: Any) -> Any:
    """Call a method as an officer."""
    return lambda method, **more: consultation.call(method, consultation.officer, **{**WHERE, **more})


def test_session_has_each_title_that_it_was_given(do: Any) -> None:
    made = do("create_session", body={"type": "tedx_geneva", "title": {"en": "Community networks"}})["id"]
    change = lambda title: do("change_session", session=made, body={"title": title})["title"]  # noqa: E731 -- three times
    assert change({"ar": "شبكات"}) == {"en": "Community networks", "ar": "شبكات"}
    assert change({"en": None, "fr": "Réseaux"}) == {"ar": "شبكات", "fr": "Réseaux"}
    with refused("suite.text_required"):
        change({"ar": None, "fr": None})


def test_session_of_requests_in_two_languages_has_both_titles(do: Any, consultation: Any, make_answers: Any) -> None:
    asked = []
    for language, title in (("fr", "Réseaux"), ("en", "Networks"), ("en", "Other networks")):
        answers = make_answers(email=None)
        answers["requests"][0]["title"] = title
        body = {"draft": None, "key": None, "answers": answers, "language": language}
        id = consultation.call("submit", READER, edition="2017", body=body)["id"]
        asked.append({"submission": id, "request": f"{id}.1"})
    [made] = do("make_sessions", body={"requests": asked[:2], "merge": True, "into": None})["made"]
    do("make_sessions", body={"requests": asked[2:], "merge": False, "into": made})
    assert do("read_session", session=made)["title"] == {"fr": "Réseaux", "en": "Networks"}


@pytest.mark.parametrize("kind", ["community", "theme"])
def test_community_and_theme_have_each_text_that_they_were_given(do: Any, kind: str) -> None:
    new = {"title": {"en": "Youth"}, "description": {"en": "Of the young"}}
    create, change, more = {
        "community": ("create_community", "change_community", {"order": 0}),
        "theme": ("create_theme", "replace_theme", {"submissions": [], "requests": []}),
    }[kind]
    made = do(create, body={**new, **more, **({"code": "languages"} if kind == "community" else {})})
    where = {kind: made.get("id") or made["code"]}
    do(change, **where, body={"title": {"fr": "Jeunesse"}, "description": {}, **more})
    changed = do(change, **where, body={"title": {"ar": "الشباب"}, "description": {"ar": "عن الشباب"}, **more})
    assert (changed.get("titles") or changed["title"]) == {"en": "Youth", "fr": "Jeunesse", "ar": "الشباب"}
    assert changed["description"] in ("Of the young", {"en": "Of the young", "ar": "عن الشباب"})
    with refused("suite.text_required"):
        do(change, **where, body={"title": {"en": None, "fr": None, "ar": None}, "description": {}, **more})


def test_meeting_and_call_have_each_text_that_they_were_given(do: Any, new_meeting: Any, consultation: Any) -> None:
    meeting = new_meeting(title={"en": "Regional"})
    do("change_meeting", meeting=meeting, body={"title": {"ar": "إقليمي"}, "reason": "Translated"})
    titles = {
        language: consultation.call("read_meeting", **WHERE, meeting=meeting, context={"locale": language})["title"]
        for language in ("en", "ar", "zh")
    }
    assert titles == {"en": "Regional", "ar": "إقليمي", "zh": "Regional"}

    def call_in(language: str) -> tuple[str, str]:
        read = consultation.call("read_facilitator_call", **WHERE, context={"locale": language})
        return read["language"], read["text"]

    before = call_in("fr")
    do("change_facilitator_call", body={"text": {"en": "Nominate by Friday."}, "reason": "Shorter"})
    assert (call_in("en"), call_in("fr")) == (("en", "Nominate by Friday."), before)
    do("change_facilitator_call", body={"text": {"fr": None}, "reason": "Outdated"})
    assert call_in("fr") == ("en", "Nominate by Friday.")


def test_minutes_keep_their_languages_across_versions(do: Any, new_meeting: Any, consultation: Any) -> None:
    meeting = new_meeting()

    def write(**texts: str | None) -> Any:
        body = {"text": texts, "publish": True, "reason": "Agreed"}
        return do("write_minutes", meeting=meeting, body=body)["languages"]

    def read(language: str) -> tuple[str, str]:
        found = consultation.call("read_minutes", **WHERE, meeting=meeting, context={"locale": language})
        return found["language"], found["text"]

    assert write(en="Agreed.", fr="Convenu.") == ["en", "fr"]
    assert write(ar="اتفق.") == ["ar", "en", "fr"]
    assert [read(language) for language in ("en", "ar", "zh")] == [
        ("en", "Agreed."),
        ("ar", "اتفق."),
        ("en", "Agreed."),
    ]
    assert write(en=None, fr=None) == ["ar"]
    assert read("en") == ("ar", "اتفق.")
    with refused("suite.text_required"):
        write(ar=None)
