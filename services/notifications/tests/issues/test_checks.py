"""What the check of an issue finds, and states and copies of an issue."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from wsis_shared.errors import Conflict
from wsis_shared.schemas import LOCALES
from wsis_testkit import refused

from wsis_notifications.issues.rules import checks, images, lifecycle, phrases
from wsis_notifications.issues.rules.announcements import announcement
from wsis_notifications.issues.rules.feed import feed_of
from wsis_notifications.issues.rules.rendering import render_parts

from ..issue_kit import PUBLIC_URL, content, issue, section

AT = datetime(2017, 7, 14, 9, tzinfo=UTC)
LONG = "Some text of a section that is long enough. " * 5
ALL_TEXTS = dict.fromkeys(LOCALES, LONG)
TITLES = dict.fromkeys(LOCALES, "A title")
VERSIONS = iter(range(10_000, 99_999))


def found(**changes: Any) -> list[tuple[str, int | None, str | None]]:
    made = issue(version=next(VERSIONS), **{"title": TITLES, "images": [], **changes})
    return [(one.code, one.section, one.language) for one in checks.check(made, PUBLIC_URL)]


def test_a_complete_issue_has_no_finding() -> None:
    assert found(sections=[section("forum", TITLES, ALL_TEXTS)]) == []


def test_errors_come_before_warnings_and_keep_an_issue_from_being_ready() -> None:
    made = issue(
        version=next(VERSIONS),
        title={"fr": "Titre"},
        sections=[section("forum", {"en": "A!!"}, {"fr": "Texte"}, image={"id": "f00d", "alt": {"fr": "Salle"}})],
    )
    findings = checks.check(made, PUBLIC_URL)
    levels = [one.level for one in findings]
    assert levels == sorted(levels)
    errors = {one.code for one in findings if one.level == checks.ERROR}
    assert errors == {"title_missing", "text_missing", "alt_missing"}
    assert {"language_missing", "exclamations", "little_text"} <= {one.code for one in findings}


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("en", "Nothing is written in Arabic; its readers get English."),
        ("fr", "Rien n’est rédigé dans cette langue\u00a0: arabe. Ses lecteurs reçoivent le texte en\u00a0: anglais."),
        ("zh", "没有阿拉伯语文本，其读者将收到英语版本。"),
        ("ar", "لا يوجد نص بهذه اللغة: العربية. ويتلقى قراؤها النص بلغة أخرى: الإنجليزية."),
        ("ru", "На этом языке ничего не написано: арабский. Его читатели получат текст на другом языке: английский."),
    ],
)
def test_a_missing_language_is_named_in_the_officers(language: str, message: str) -> None:
    assert checks.Finding("language_missing", 1, "ar", "en").message(language) == message


@pytest.mark.parametrize(
    ("language", "count", "word"),
    [
        ("en", 1, "1 character "),
        ("en", 2, "2 characters "),
        ("fr", 1, "1 caractère "),
        ("ru", 21, "21 символ "),
        ("ru", 22, "22 символа "),
        ("ru", 25, "25 символов "),
        ("ar", 2, "حرفين"),
        ("ar", 5, "5 أحرف"),
        ("ar", 25, "25 حرفاً"),
    ],
)
def test_numbers_have_their_plural(language: str, count: int, word: str) -> None:
    assert word in checks.Finding("little_text", 1, "en", count).message(language)


def test_each_finding_speaks_every_language() -> None:
    for code in phrases.texts("issue_checks"):
        for language in LOCALES:
            text = checks.Finding(code, 1, "fr", "en" if code == "language_missing" else 71).message(language)
            assert "{" not in text


@pytest.mark.parametrize("text", ["![Hall](https://x.example/a.png)", "![](/a.png)", "See ![Hall][a] there"])
def test_an_image_in_the_text_is_noticed(text: str) -> None:
    """It is none: readers see "!" and a link."""
    assert ("image_in_text", 1, "en") in found(
        sections=[section("forum", TITLES, {**ALL_TEXTS, "en": f"{LONG} {text}"})]
    )


@pytest.mark.parametrize("text", ["Great! [Here](https://x.example)", "a![b", "[a](https://x.example)!"])
def test_what_only_looks_like_an_image_is_none(text: str) -> None:
    codes = found(sections=[section("forum", TITLES, {**ALL_TEXTS, "en": f"{LONG} {text}"})])
    assert "image_in_text" not in {code for code, _, _ in codes}


@pytest.mark.parametrize(("language", "tag"), [("en", "em"), ("ru", "em"), ("zh", "strong"), ("ar", "strong")])
def test_scripts_without_italics_emphasize_by_weight(language: str, tag: str) -> None:
    html = render_parts(
        issue(
            version=next(VERSIONS),
            title=TITLES,
            sections=[section("forum", TITLES, {**ALL_TEXTS, language: "*A word*"})],
        ),
        language,
        PUBLIC_URL,
    ).html
    assert f"<{tag}>A word</{tag}>" in html


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "https://",
        "http://nodot",
        "//evil.example",
        "https://a@b.example",
        "ftp://x.example",
        "data:text/html,x",
        "https:///x",
        "https://a.example/a b",
    ],
)
def test_an_address_that_leads_nowhere_is_an_error(url: str) -> None:
    linked = section("forum", TITLES, ALL_TEXTS, link={"url": url, "label": {}})
    assert ("link_invalid", 1, None) in found(sections=[linked])
    if " " not in url:
        written = section("forum", TITLES, {**ALL_TEXTS, "fr": f"{LONG} [ici]({url})"})
        assert ("link_invalid", 1, "fr") in found(sections=[written])


@pytest.mark.parametrize("url", ["https://www.itu.int/wsis?a=1#b", "mailto:wsis@itu.int", "/v1/entries"])
def test_an_address_of_the_web_of_mail_or_ours_is_fine(url: str) -> None:
    text = {language: f"{LONG} [x]({url})" for language in LOCALES}
    assert found(sections=[section("forum", TITLES, text, link={"url": url, "label": {}})]) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("See http://a.example or <http://a.example>.", "link_not_https"),
        ("REGISTER TODAY BEFORE NOON", "all_capitals"),
        ("Come now!!", "exclamations"),
        ("Come now！！", "exclamations"),
        ("A <b>bold</b> word", "html_in_text"),
    ],
)
def test_signs_that_officers_should_mend(text: str, code: str) -> None:
    assert found(sections=[section("forum", TITLES, {**ALL_TEXTS, "es": f"{LONG} {text}"})]) == [(code, 1, "es")]


def test_names_in_capitals_and_single_marks_are_fine() -> None:
    text = f"{LONG} UNESCO, ITU, UNCTAD and UNDP thank you! Grüße: 欢迎！ أهلاً!"
    assert found(sections=[section("forum", TITLES, {**ALL_TEXTS, "en": text})]) == []


def test_a_mail_that_programs_would_cut_off_is_an_error() -> None:
    sections = [section("forum", {"en": "A title"}, {"en": f"{number} " + LONG * 60}) for number in range(9)]
    codes = found(languages=["en"], title={"en": "A title"}, sections=sections)
    assert {code for code, _, _ in codes} == {"html_too_large"}
    assert {language for _, _, language in codes} == {*LOCALES}


# -- states -------------------------------------------------------------------------------------------------------


def draft(**changes: Any) -> dict[str, Any]:
    return {**lifecycle.new("i1", 51, content(), AT), "version": 3, **changes}


def test_the_second_of_two_officers_is_told_that_the_first_was_there() -> None:
    changed = lifecycle.edited(draft(), {**content(month="2017-08"), "version": 3})
    assert (changed["month"], changed["number"]) == ("2017-08", 51)
    with pytest.raises(Conflict, match="version 3"):
        lifecycle.edited(draft(), {**content(), "version": 2})
    with refused("notifications.issue_changed"):
        lifecycle.moved(draft(), "ready", 2)


def test_only_a_draft_is_edited_and_only_with_images_of_its_own() -> None:
    with refused("notifications.issue_not_draft"):
        lifecycle.edited(draft(state="ready"), {**content(), "version": 3})
    shown = content(sections=[section("forum", TITLES, ALL_TEXTS, image={"id": "other", "alt": {}})])
    with refused("notifications.image_unknown"):
        lifecycle.edited(draft(), {**shown, "version": 3})
    with refused("notifications.image_unknown"):
        lifecycle.new("i2", 52, shown, AT)


@given(st.lists(st.sampled_from(lifecycle.STATES), max_size=8))
def test_what_is_sent_stays_sent_and_was_released_before(states: list[str]) -> None:
    one = draft(state="ready")
    for state in states:
        before = one["state"]
        try:
            one = lifecycle.sent_on(one, state, AT) or one
        except Conflict:
            assert one["state"] == before
        if before in ("sent", "canceled"):
            assert one["state"] == before
    assert lifecycle.is_released(one) == (one["released_at"] is not None)
    if one["state"] in ("sending", "sent"):
        assert lifecycle.is_released(one)
    assert (one["sent_at"] is not None) == (one["state"] == "sent")


def test_a_copy_is_a_draft_of_another_month_with_the_same_contents() -> None:
    sent = issue(state="sent", version=9, released_at=AT, sent_at=AT)
    copy = lifecycle.copied(sent, "i2", 51, "2017-08", AT)
    assert (copy["_id"], copy["number"], copy["state"], copy["month"]) == ("i2", 51, "draft", "2017-08")
    assert copy["sections"] == sent["sections"]
    assert copy["images"] == sent["images"]
    assert "version" not in copy
    assert copy["released_at"] is copy["sent_at"] is None


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big")


def test_images_are_measured_without_being_decoded() -> None:
    assert images.measured(png(1200, 500)) == (1200, 500)
    app0, frame = b"\xff\xe0\x00\x10" + b"x" * 14, b"\xff\xc2\x00\x11\x08\x01\xf4\x04\xb0" + b"x" * 20
    assert images.measured(b"\xff\xd8" + app0 + frame) == (1200, 500)
    cut_off = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"\xff\xd8\xff\xe0\xff\xff")
    for wrong in (png(0, 5), png(5000, 5), *cut_off, b"GIF89a"):
        with refused("notifications.image_too_large"):
            images.measured(wrong)


# -- feed, announcement -------------------------------------------------------------------------------------------

NAMED = {
    "project": "9b1d",
    "number": 132,
    "category": "C7.e-health",
    "title": "Clinics *on* line [x](http://evil.example)",
    "organization": "Ministry of <Health>",
    "country": "RW",
}
OTHER = {**NAMED, "project": "77c0", "number": 12, "category": "C1", "title": "عيادات", "country": "KE"}
CHAMPIONS = {"edition": "2017", "champions": [NAMED, OTHER], "action_lines": ["C7.e-health"], "accounts": ["3f2a"]}
WINNERS = {**CHAMPIONS, "winners": [NAMED], "champions": [OTHER]}


@pytest.mark.parametrize("language", LOCALES)
def test_the_announcement_of_the_champions_names_each_once_by_category_in_every_language(language: str) -> None:
    made = {**announcement(CHAMPIONS, "a1", AT), "version": next(VERSIONS)}
    mail = render_parts(made, language, PUBLIC_URL)
    assert "2017" in mail.subject
    for title in ("عيادات", "Clinics *on* line [x](http://evil.example)"):
        assert mail.text.count(title) == 1
    assert mail.text.index("عيادات") < mail.text.index("Clinics")  # C1 before C7
    assert "evil.example" not in "".join(
        part for part in mail.html.split('href="')[1:] if part.startswith("http://evil")
    )
    assert "Ministry of &lt;Health&gt;" in mail.html
    assert ("3f2a" in mail.text, "3f2a" in mail.html) == (False, False)
    assert mail.html.count('class="note"') == 0
    assert [one for one in checks.check(made, PUBLIC_URL) if one.level == checks.ERROR] == []


def test_the_announcement_of_the_winners_does_not_list_other_champions() -> None:
    made = announcement(WINNERS, "a1", AT)
    assert announcement(WINNERS, "a1", AT) == made
    text = render_parts({**made, "version": next(VERSIONS)}, "en", PUBLIC_URL).text
    assert "Clinics" in text
    assert "عيادات" not in text


def test_the_feed_survives_whatever_officers_write() -> None:
    odd = {"title": {"en": "A \x0b <b> & \ufffe"}, "summary": {"en": "\x00 <x>"}}
    rows = [issue(_id=f"i{n}", sent_at=AT, **odd) for n in (2, 1)]
    feed = etree.fromstring(feed_of(rows, "fr", PUBLIC_URL, AT).encode())
    name = {"a": "http://www.w3.org/2005/Atom"}
    links = feed.xpath("a:entry/a:link/@href", namespaces=name)
    assert links == [f"{PUBLIC_URL}/fr/newsletter/i{n}" for n in (2, 1)]
    assert len({*feed.xpath("a:entry/a:id/text()", namespaces=name)}) == 2
    assert feed.xpath("a:updated/text()", namespaces=name) == ["2017-07-14T09:00:00+00:00"]
