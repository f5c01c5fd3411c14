"""How a mail reads, and what a value may not do to it."""

from __future__ import annotations

import email
from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsis_shared.plugin import discover
from wsis_shared.schemas import LOCALES
from wsis_shared.translations import by_language

from wsis_notifications.mails import templates
from wsis_notifications.mails.errors import RenderError
from wsis_notifications.mails.rules import bidi, layout, message
from wsis_notifications.mails.rules.rendering import Renderer, Source, Written, header_value, safe_url

NOW = datetime(2017, 4, 5, 9, 0, tzinfo=UTC)
SENDER = message.Mailbox("WSIS Process", "no-reply@wsis.example")


@pytest.fixture(scope="module")
def writer() -> Renderer:
    return templates.writer("https://wsis.example/")


def source(text: str, *, subject: str = "Subject", locale: str = "en", url: str = "", label: str = "Open") -> Source:
    return Source("made_up", locale, subject, text, label, url)


def compose(written: Written, to: message.Mailbox) -> tuple[Any, message.Envelope]:
    envelope = message.compose(written, sender=SENDER, reply_to=None, to=to, message_id="<1@wsis.example>", date=NOW)
    return email.message_from_bytes(envelope.content, policy=policy.default), envelope


@pytest.mark.parametrize("locale", LOCALES)
def test_one_sentence_says_what_to_do_who_asked_for_nothing_and_one_line_who_sends(
    writer: Renderer, locale: str
) -> None:
    words = by_language("wsis_notifications", "phrases")[locale]
    written = writer.write(source("{{ not_you }} X.", locale=locale), {})
    assert " ".join(written.text.split()).startswith(f"{words['not_you']} X. {words['sender']} --")
    assert f"{words['not_you']} X." in written.html
    assert f">{words['sender']}</p>" in written.html


# -- how a mail reads --------------------------------------------------------------------------------------------


def test_paragraphs_lists_and_an_action_in_both_forms(writer: Renderer) -> None:
    written = writer.write(
        source(
            "Dear {{ names }},\n\nthis is one\nparagraph.\n\n{% for item in items %}\n- {{ item }}\n{% endfor %}\n",
            url="/v1/me/projects",
        ),
        {"names": "Ama", "items": ["first", "second"]},
    )
    assert written.text.startswith(
        "Dear Ama,\n\nthis is one paragraph.\n\n- first\n- second\n\n"
        "Open:\nhttps://wsis.example/v1/me/projects\n\nThe WSIS secretariat\n\n-- \n"
    )
    assert "this is one paragraph.</p>" in written.html
    assert written.html.count("<li") == 2
    assert 'href="https://wsis.example/v1/me/projects"' in written.html


def test_text_is_wrapped(writer: Renderer) -> None:
    written = writer.write(source("word " * 60), {})
    assert max(map(len, written.text.splitlines())) <= 72


def test_a_value_keeps_its_own_lines_and_adds_no_structure(writer: Renderer) -> None:
    written = writer.write(source("Q: {{ question }}"), {"question": "first\nsecond\n\n- third"})
    assert "Q: first\nsecond\n\n- third" in written.text
    assert "<bdi>first</bdi><br><bdi>second</bdi><br><br><bdi>- third</bdi></p>" in written.html
    assert "<li" not in written.html


def test_each_line_of_a_value_runs_in_the_direction_of_its_own_letters(writer: Renderer) -> None:
    written = writer.write(source("{{ words }}"), {"words": "Please reply.\nيرجى الرد."})
    assert "<bdi>Please reply.</bdi><br><bdi>يرجى الرد.</bdi>" in written.html
    assert "Please reply.\n\u2068يرجى الرد.\u2069\n" in written.text


@pytest.mark.parametrize("value", ["{{7*7}}", "{% raw %}", "${7*7}", "{{ ''.__class__ }}"])
def test_a_template_in_a_name_stays_text(writer: Renderer, value: str) -> None:
    written = writer.write(source("Dear {{ names }}", subject="Hello {{ names }}"), {"names": value})
    assert written.subject == f"Hello {value}"
    assert f"Dear {value}" in written.text
    assert "49" not in written.html.split("<body")[1].split("Dear")[1][:40]


def test_markup_in_a_value_is_escaped(writer: Renderer) -> None:
    value = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    written = writer.write(
        source("{{ names }}", subject="{{ names }}", url="/a", label="{{ names }}"), {"names": value}
    )
    assert "<script" not in written.html
    assert "<img" not in written.html
    assert written.html.count("&lt;script&gt;") >= 3
    assert "<script>" in written.text


def test_templates_cannot_reach_into_the_program(writer: Renderer) -> None:
    with pytest.raises(RenderError, match="template_broken"):
        writer.write(source("{{ names.__class__.__mro__[1].__subclasses__() }}"), {"names": "x"})


def test_a_missing_variable_is_a_fault_not_a_hole(writer: Renderer) -> None:
    with pytest.raises(RenderError, match=r"^variable_missing made_up\.en$"):
        writer.write(source("Dear {{ nobody }}"), {})


@pytest.mark.parametrize("text", ["{{ 1/0 }}", "{% if %}", "{{ x | no_such_filter }}", "{{ 'x' | moment }}"])
def test_a_broken_template_is_a_fault_with_a_reason(writer: Renderer, text: str) -> None:
    with pytest.raises(RenderError, match="template_broken"):
        writer.write(source(text), {"x": 1})


SOUND = (
    "100 % {plain}",
    "{{ x | moment }}",
    "{% if x is defined %}{{ x }}{% endif %}",
    "{% for y in x %}{{ y | moment }}{% endfor %}",
)
BROKEN = (
    "{{ x",
    "{% if %}",
    "{% if x %}",
    "{% no_such_tag %}",
    "{{ x | no_such_filter }}",
    "{% if x %}{{ x | no_such_filter }}{% endif %}",
    "{% if x is no_such_test %}{% endif %}",
    "{% for y in x | no_such_filter %}{% endfor %}",
    "{% filter no_such_filter %}{% endfilter %}",
    "{% for loop in x %}{% endfor %}",
    "{% block a %}{% endblock %}{% block a %}{% endblock %}",
)


@pytest.mark.parametrize("part", ["subject", "text", "action_label", "action_url"])
def test_what_is_no_template_is_found_before_it_is_sent(writer: Renderer, part: str) -> None:
    for text in SOUND:
        writer.check(replace(source("x"), **{part: text}))
    for text in BROKEN:
        with pytest.raises(RenderError, match=r"^template_broken made_up\.en$"):
            writer.check(replace(source("x"), **{part: text}))


def test_moments_are_told_in_geneva_and_utc(writer: Renderer) -> None:
    def told(moment: str, locale: str = "en") -> str:
        return writer.write(source("{{ m | moment }}", locale=locale), {"m": moment}).text.split("\n\n")[0]

    assert told("2017-04-15T21:00:00Z") == "15 April 2017, 23:00 Geneva time (21:00 UTC)"
    assert told("2017-02-15T22:00:00Z") == "15 February 2017, 23:00 Geneva time (22:00 UTC)"
    assert told("2017-04-30T22:30:00Z") == "1 May 2017, 00:30 Geneva time (30 April 2017, 22:30 UTC)"
    assert told("2017-04-15T23:00:00+02:00", "fr") == "15 avril 2017, 23:00, heure de Genève (21:00 UTC)"
    assert told("2017-04-15T21:00:00Z", "zh") == "日内瓦时间2017年4月15日23:00（世界协调时21:00）"


def test_codes_become_titles_in_the_readers_language(writer: Renderer) -> None:
    text = "{{ n | country }} / {{ g | sdg }} / {{ t | localised }} / {{ 'X9' | action_line }}"
    values = {"n": "NO", "g": 1, "t": {"en": "News", "fr": "Nouvelles"}}
    told = writer.write(source(text, locale="fr"), values).text
    assert "Norvège / Pas de pauvreté / Nouvelles / X9" in " ".join(told.split())


@pytest.mark.parametrize(("locale", "found"), [("fr", "Nouvelles"), ("zh", "News"), ("en", "News")])
def test_a_text_that_is_not_there_in_the_readers_language_is_there_in_another(
    writer: Renderer, locale: str, found: str
) -> None:
    mail = writer.write(source("{{ t | localised }}", locale=locale), {"t": {"en": "News", "fr": "Nouvelles"}})
    assert found in mail.text
    only = writer.write(source("« {{ t | localised }} »", locale=locale), {"t": {"en": "", "ar": "الشباب"}})
    assert "الشباب" in only.text


@pytest.mark.parametrize("texts", [{}, {"en": ""}, {"en": "", "fr": ""}])
def test_no_mail_quotes_a_title_that_is_nowhere(writer: Renderer, texts: dict[str, str]) -> None:
    with pytest.raises(RenderError, match=r"^text_missing made_up\.fr$"):
        writer.write(source("« {{ t | localised }} »", locale="fr"), {"t": texts})


def test_a_plugin_brings_filters_of_its_own() -> None:
    filters = templates.filters_of(discover(only=("herald",)))
    writer = templates.writer("https://wsis.example", filters)
    told = writer.write(source("{{ 'gold' | medal }} / {{ 'tin' | medal }} / {{ 'NO' | country }}", locale="fr"), {})
    assert "or / tin / Norvège" in " ".join(told.text.split()), "what it does not know stays, and ours are ours"


# -- right to left -----------------------------------------------------------------------------------------------


def test_an_arabic_mail_runs_from_right_to_left(writer: Renderer) -> None:
    written = writer.write(source("السيد {{ names }}،", locale="ar"), {"names": "Ama Mensah"})
    assert '<html lang="ar" dir="rtl">' in written.html
    assert '<body dir="rtl"' in written.html
    assert 'align="right"' in written.html
    assert "<bdi>Ama Mensah</bdi>" in written.html
    assert f"السيد {bidi.FSI}Ama Mensah{bidi.PDI}،" in written.text


def test_an_arabic_name_is_isolated_in_an_english_mail(writer: Renderer) -> None:
    written = writer.write(source("Project {{ t }} (2017)", subject="{{ t }} (2017)"), {"t": "شبكة"})
    assert f"Project {bidi.FSI}شبكة{bidi.PDI} (2017)" in written.text
    assert written.subject == f"{bidi.FSI}شبكة{bidi.PDI} (2017)"
    assert 'dir="ltr"' in written.html


def test_direction_controls_in_a_value_do_not_get_out(writer: Renderer) -> None:
    written = writer.write(source("{{ t }} end"), {"t": "\u202egnp.exe\u2066\u200fevil"})
    assert written.text.startswith("gnp.exeevil end")


def test_titles_of_the_readers_own_language_are_not_torn_out(writer: Renderer) -> None:
    written = writer.write(source("الفئة: {{ c | action_line }}", locale="ar"), {"c": "C7.e-health"})
    assert bidi.FSI not in written.text


def test_text_for_a_program_is_copied_as_it_is(writer: Renderer) -> None:
    receipt = '{"category":"C7.e-health","signature":"' + "a6" * 64 + '"}'
    written = writer.write(source("إيصالاتكم:\n\n- {{ r | verbatim }}\n\nنهاية", locale="ar"), {"r": receipt})
    assert f"\n- {receipt}\n" in written.text
    assert "<bdi>{&#34;category&#34;" in written.html


def test_an_address_in_a_text_is_one_to_click_on(writer: Renderer) -> None:
    link = source("الروابط:\n\n- {{ u | link }}\n\nنهاية", locale="ar")
    written = writer.write(link, {"u": "/drafts?a=1&b=2#9b1d"})
    assert "\n- https://wsis.example/drafts?a=1&b=2#9b1d\n" in written.text
    assert '<a href="https://wsis.example/drafts?a=1&amp;b=2#9b1d" dir="ltr"' in written.html
    with pytest.raises(RenderError, match="url_unsafe"):
        writer.write(link, {"u": "javascript:alert(1)"})


@given(st.text())
def test_no_value_leaves_an_isolate_open(value: str) -> None:
    shown = bidi.isolate(bidi.clean(value), "rtl")
    assert shown.count(bidi.FSI) == shown.count(bidi.PDI) <= 1


# -- headers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["Ama\r\nBcc: spy@evil.example", "Ama\nX: y", "Ama\rX: y", "Ama\0", "Ama\u2028Bcc: x", "Ama\u2029x", "Ama\x0bx"],
)
def test_a_line_break_in_a_header_value_is_refused(writer: Renderer, name: str) -> None:
    with pytest.raises(RenderError, match="header_unsafe"):
        message.mailbox(name, "ama@people.example")
    with pytest.raises(RenderError, match="header_unsafe"):
        header_value(name)


@pytest.mark.parametrize(
    "name",
    [
        "%0d%0aBcc: spy@evil.example",
        "=?utf-8?q?a=0d=0aBcc:_x@y.example?=",
        'A" <x@y.z>, "B',
        "ليلى حداد",
        "王芳",
        "a, b; c <d>",
    ],
)
def test_headers_are_exactly_those_we_set(writer: Renderer, name: str) -> None:
    written = writer.write(source("{{ names }}", subject="Hello {{ names }}"), {"names": name})
    parsed, envelope = compose(written, message.mailbox(name, "ama@people.example"))
    assert sorted(parsed.keys()) == sorted(
        [
            "From",
            "To",
            "Subject",
            "Date",
            "Message-ID",
            "Auto-Submitted",
            "Content-Language",
            "MIME-Version",
            "Content-Type",
        ]
    )
    assert [address.addr_spec for address in parsed["To"].addresses] == ["ama@people.example"]
    assert parsed["Subject"].translate(dict.fromkeys(map(ord, f"{bidi.FSI}{bidi.PDI}\u2060"))) == f"Hello {name}"
    assert envelope.recipient == "ama@people.example"
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in parsed


@given(st.text(alphabet=st.sampled_from('=?utf-8QqBb0aADd_: \r\n@<>,;"\\éش\u2028'), max_size=60))
def test_no_name_makes_a_header(name: str) -> None:
    written = Written("en", "Hello", "text\n", "<p>text</p>\n")
    try:
        parsed, _ = compose(written, message.mailbox(name, "ama@people.example"))
    except RenderError:
        return
    assert len(parsed.keys()) == 9
    assert [address.addr_spec for address in parsed["To"].addresses] == ["ama@people.example"]


def test_a_subject_with_a_line_break_in_a_value_is_refused(writer: Renderer) -> None:
    with pytest.raises(RenderError, match="header_unsafe"):
        writer.write(source("x", subject="New: {{ t }}"), {"t": "a\r\nBcc: spy@evil.example"})


def test_both_parts_come_through_whole(writer: Renderer) -> None:
    written = writer.write(source("。" * 600 + "\n\n.\n\nFrom here", locale="zh"), {})
    parsed, envelope = compose(written, message.mailbox("王芳", "wang@people.example"))
    plain, html = parsed.get_body(("plain",)), parsed.get_body(("html",))
    assert parsed.get_content_type() == "multipart/alternative"
    assert parsed["Content-Language"] == "zh"
    assert plain.get_content().replace("\r\n", "\n") == written.text
    assert html.get_content().replace("\r\n", "\n") == written.html
    assert max(map(len, envelope.content.split(b"\r\n"))) <= 998
    assert b"\n" not in envelope.content.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "//evil.example",
        "ftp://x.example",
        "https://",
        "/a b",
        "/a\nb",
        "data:text/html,x",
        'https://x.example/"onload=',
        "page://evil.example",
        "page:https://evil.example",
        "page:confirm",
        "https://x\\@y.example",
    ],
)
def test_links_lead_to_the_web_only(url: str) -> None:
    with pytest.raises(RenderError, match="url_unsafe"):
        safe_url(url, "https://wsis.example", "fr")


def test_a_link_to_a_page_is_in_the_language_of_the_mail() -> None:
    assert safe_url("page:/confirm#1.2", "https://wsis.example", "fr") == "https://wsis.example/fr/confirm#1.2"
    assert safe_url("/v1/x", "https://wsis.example", "fr") == "https://wsis.example/v1/x"


def test_the_page_loads_nothing_from_outside(writer: Renderer) -> None:
    written = writer.write(source("Dear {{ names }}", url="/a"), {"names": "Ama"})
    assert "src=" not in written.html
    assert "<link" not in written.html
    assert "url(" not in written.html


@pytest.mark.parametrize("width", range(20, 60))
def test_no_line_begins_with_french_punctuation(width: int) -> None:
    text = "Toute personne qui possède ce lien peut lire « la contribution » : ne le transmettez pas ! Et vous ?"
    lines = layout.as_text(text, width).split("\n")
    assert len(lines) > 1
    assert [line for line in lines if line[0] in ":;!?»" or line[-1] == "«"] == []
    assert "contribution\u00a0»\u00a0: ne" in layout.as_html(text)


def test_layout_joins_chinese_lines_without_a_space() -> None:
    assert layout.as_text("信息社会\n世界峰会") == "信息社会世界峰会"
