"""An issue as HTML and as plain text."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html
from markupsafe import escape
from wsis_shared.schemas import LOCALES

from wsis_notifications.issues.rules import markdown, palette
from wsis_notifications.issues.rules.layout import SLOTS
from wsis_notifications.issues.rules.plain_text import Links, to_text
from wsis_notifications.issues.rules.previews import with_samples
from wsis_notifications.issues.rules.rendering import Parts, render_page, render_parts
from wsis_notifications.issues.rules.wrapping import WIDTH, columns, wrap

from ..issue_kit import PUBLIC_URL, content, issue, section

SLOT = re.compile(r"%%([a-z_]+)%%")
HTML_ALONE = "<b>&\"'"  # what would be markup where it is not escaped


def parts(language: str = "en", **changes: Any) -> Parts:
    # Parts are kept by version: each call has one of its own.
    parts.version += 1  # type: ignore[attr-defined]
    return render_parts(issue(version=parts.version, **changes), language, PUBLIC_URL)  # type: ignore[attr-defined]


parts.version = 1  # type: ignore[attr-defined]


def one_section(text: str, title: str = "Title", **more: Any) -> dict[str, Any]:
    return {"sections": [section("forum", {"en": title}, {"en": text}, **more)]}


@pytest.mark.parametrize("language", LOCALES)
def test_each_language_has_its_words_its_direction_and_exactly_our_slots(language: str) -> None:
    mail = parts(language)
    assert mail.subject == content()["title"][language]
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in mail.html
    assert mail.html.count(f'lang="{language}"') > 5
    for part in (mail.html, mail.text):
        assert sorted({*SLOT.findall(part)}) == sorted(SLOTS)
        assert [mark for mark in ("wsis-fragment", "\ufdd0", "\ufdd1", "{{", "{%") if mark in part] == []
    assert 'href="%%unsubscribe_url%%"' in mail.html
    assert content()["sections"][1]["link"]["label"][language] in mail.text
    assert f"{PUBLIC_URL}/v1/newsletter/images/f00d" in mail.html
    assert len(mail.html.encode()) < 30_000


def test_arabic_runs_from_the_right_but_an_english_section_in_it_does_not() -> None:
    page = html.fromstring(parts("ar").html)
    assert page.xpath("//*[@class='body']/@dir") == ["rtl", "rtl", "ltr"]
    assert page.xpath("//h2/@dir") == ["rtl", "rtl", "ltr"]
    assert page.xpath("//h2/@lang") == ["ar", "ar", "en"]


@pytest.mark.parametrize(("language", "name"), [("fr", "anglais"), ("ru", "английский"), ("zh", "英语"), ("en", None)])
def test_a_reader_is_told_of_a_text_in_another_language(language: str, name: str | None) -> None:
    mail = parts(language)
    noted = mail.html.count('class="note"')
    assert noted == (0 if name is None else 1)
    assert name is None or (name in mail.text and f"{name}" in mail.html)
    assert "The thirtieth meeting" in mail.text


def test_a_text_that_lacks_the_main_language_too_is_shown_in_the_one_that_there_is() -> None:
    mail = parts("fr", sections=[section("forum", {"es": "Título"}, {"es": "Texto en español."})])
    assert "Texto en español." in mail.text
    assert "espagnol" in mail.text


@pytest.mark.parametrize(
    "written",
    [
        "{{7*7}}",
        "${7*7}",
        "%%unsubscribe_url%%",
        "%%greeting_name%%",
        "{% raw %}",
        "wsis-fragment-0-",
        "{name}",
        "<%= 7 %>",
        "\ufdd0archive_url\ufdd1",
    ],
)
def test_what_an_officer_types_is_never_a_template(written: str) -> None:
    shown = f"before {written} after"
    mail = parts(
        title={"en": shown},
        summary={"en": shown},
        **one_section(
            f"`{written}` {written}", written, link={"url": f"https://a.example/{written}", "label": {"en": written}}
        ),
    )
    filled = replace(
        mail,
        **{
            name: SLOT.sub(lambda slot: f"FILLED-{slot[1]}", getattr(mail, name))
            for name in ("subject", "html", "text")
        },
    )
    assert "FILLED" not in filled.subject
    for part in (filled.html, filled.text):
        assert part.count("FILLED-unsubscribe_url") == 1
        assert part.count("FILLED-greeting_name") == 1
        assert part.count("FILLED-archive_url") == 1
    assert "49" not in mail.text.replace("1211", "")
    visible = written.translate(dict.fromkeys((0xFDD0, 0xFDD1))).replace("%%", "%\u2060%")
    assert visible in mail.subject
    assert visible in mail.text


def test_markup_of_officers_is_text_everywhere() -> None:
    text = f"x {HTML_ALONE} <script>alert(1)</script> [l](javascript:alert(1)) [m](https://a.example/?a=1&b=2)"
    written = {"title": {"en": HTML_ALONE}, "summary": {"en": HTML_ALONE}, "images": [{"id": "f00d", "width": 100}]}
    mail = parts(
        **written,
        **one_section(
            text,
            HTML_ALONE,
            image={"id": "f00d", "alt": {"en": f"{HTML_ALONE} onerror=x"}},
            link={"url": 'https://a.example/" onclick="x', "label": {"en": HTML_ALONE}},
        ),
    )
    page = html.fromstring(mail.html)
    assert [*page.iter("b", "script", "form", "iframe")] == []
    assert [name for one in page.iter(etree.Element) for name in one.attrib if name.startswith("on")] == []
    assert [url for url in page.xpath("//@href") if url.startswith("javascript")] == []
    assert page.xpath("//img/@alt") == [f"{HTML_ALONE} onerror=x"]
    assert HTML_ALONE in page.xpath("//h2")[0].text_content()
    assert "https://a.example/?a=1&amp;b=2" in mail.html
    assert HTML_ALONE in mail.text


def test_an_image_has_words_and_no_more_than_its_own_pixels() -> None:
    mail = parts(
        images=[{"id": "f00d", "width": 120}], **one_section("Text.", image={"id": "f00d", "alt": {"en": "The hall"}})
    )
    [image] = re.findall(r"<img [^>]*>", mail.html)
    assert 'alt="The hall"' in image
    assert 'width="120"' in image


def test_nothing_is_loaded_but_our_own_images() -> None:
    mail = parts(**one_section("![pixel](https://tracker.example/p.gif) [x](https://a.example)"))
    assert re.findall(r'src="([^"]*)"', mail.html) == []
    assert not re.search(r"url\(|@import|<link|<iframe", mail.html)


def test_the_page_of_the_archive_has_no_slots_and_leads_to_the_other_languages() -> None:
    page = render_page(issue(), "fr", PUBLIC_URL)
    assert SLOT.findall(page) == []
    assert {*re.findall(r'href="\?lang=([a-z]{2})"', page)} == {*LOCALES} - {"fr"}
    assert "%%" not in page


def test_samples_fill_every_slot_escaped_for_its_part() -> None:
    shown = with_samples(parts("ar"), "ar", "https://x.example/?a=1&b=2")
    assert SLOT.findall(shown.html + shown.text) == []
    assert "https://x.example/?a=1&amp;b=2" in shown.html
    assert "https://x.example/?a=1&b=2" in shown.text


def test_parts_are_compiled_once_per_version_and_language() -> None:
    first = render_parts(issue(version=7001), "en", PUBLIC_URL)
    assert render_parts(issue(version=7001), "en", PUBLIC_URL) is first
    later = issue(version=7002, title={"en": "Other"})
    assert render_parts(later, "en", PUBLIC_URL).subject == "Other"


def test_colours_have_contrast() -> None:
    assert palette.least_contrast() >= palette.LEAST_CONTRAST
    assert palette.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # the known failure of WCAG


# -- plain text ---------------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    links = Links()
    return "\n".join([to_text(markdown.parse(text, PUBLIC_URL), links), *links.unlisted()])


def test_plain_text_numbers_links_once_and_keeps_lists() -> None:
    written = plain(
        "# Heading\n[One](https://a.example) and [two](/v1/entries), [one](https://a.example).\n\n"
        "1. first\n2. second\n   - inner\n\n> quoted\n\n<https://c.example>"
    )
    assert written.split("\n") == [
        "Heading",
        "-------",
        "",
        "One [1] and two [2], one [1].",
        "",
        "1. first",
        "2. second",
        "   - inner",
        "",
        "> quoted",
        "",
        "https://c.example",
        "[1] https://a.example",
        f"[2] {PUBLIC_URL}/v1/entries",
    ]


def test_chinese_lines_end_at_78_columns_and_not_before_a_comma() -> None:
    lines = wrap("信息社会世界的峰会，" * 30).split("\n")  # each tenth is a comma, a line has 39
    assert len(lines) > 6
    assert all(columns(line) <= WIDTH + 1 for line in lines)
    assert [line for line in lines if line.startswith("，")] == []
    assert min(columns(line) for line in lines[:-1]) > WIDTH - 5


def test_french_and_russian_keep_their_spaces_and_chinese_gets_none() -> None:
    mail = parts(
        "fr", sections=[section("forum", {"fr": "Quoi ?"}, {"fr": "« Oui » : 2 500 pays, [ici](https://a.example) !"})]
    )
    for part in (mail.html.replace("&nbsp;", "\u00a0"), mail.text):
        assert "Quoi\u00a0?" in part
        assert "«\u00a0Oui\u00a0»\u00a0: 2\u00a0500 pays" in part
    chinese = section("forum", {"zh": "信息"}, {"zh": "信息社会\n世界峰会"})
    assert "信息社会世界峰会" in parts("zh", sections=[chinese]).html


WORDS = st.text(st.sampled_from("ab ,.-äж中，（）م\n*#>[]1`_"), max_size=200)


@given(WORDS)
def test_wrapping_loses_no_character_and_breaks_at_78_columns(text: str) -> None:
    wrapped = wrap(text.replace("\n", " "))
    assert re.sub(r"\s", "", wrapped) == re.sub(r"\s", "", text)
    # A line is longer only where one unit alone is.
    assert [line for line in wrapped.split("\n") if columns(line) > WIDTH and " " in line.strip()] == []


@given(WORDS)
def test_escaped_text_comes_out_of_markdown_as_it_was(text: str) -> None:
    tokens = markdown.parse(markdown.escaped(text), PUBLIC_URL)
    shown = re.sub(r"<[^>]*>", "", markdown.to_html(tokens))
    assert shown.strip() == nh3.clean_text(" ".join(text.split())).replace("&#32;", " ").replace(
        "&#45;", "-"
    ) or shown.strip() == str(escape(" ".join(text.split())))


@given(st.text(max_size=300))
def test_any_text_is_safe_html_and_keeps_our_slots_single(text: str) -> None:
    mail = parts(title={"en": text or "x"}, **one_section(text or "x", text or "x"))
    assert SLOT.findall(mail.subject) == []
    for part in (mail.html, mail.text):
        assert sorted(SLOT.findall(part)) == sorted(SLOTS)
    assert not re.search(r"<(script|iframe|object|style|img|form)\b", mail.html.split("</head>")[1])
