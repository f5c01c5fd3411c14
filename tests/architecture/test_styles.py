"""Style sheets and templates name sides by the direction of the text (inline, block): Arabic is read from the right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

_TEMPLATE_CODE = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}|/\*.*?\*/", re.DOTALL)
_SHEETS = re.compile(r"<(?:mj-)?style[^>]*>(.*?)</(?:mj-)?style>", re.DOTALL)
_ATTRIBUTES = re.compile(r"""\sstyle=(["'])(.*?)\1""", re.DOTALL)
_ALIGNED = re.compile(r"""\s(align=["'](?:left|right)["'])""")
_BLOCKS = re.compile(r"{([^{}]*)}")
_SIDE = re.compile(r"(?:^|[^a-z])(?:left|right)(?:$|[^a-z])")
_BLOCK_SIDE = re.compile(r"(?:^|-)(?:top|bottom)(?:$|-)|^(?:min-|max-)?(?:width|height)$")
_FOUR_SIDES = re.compile(r"margin|padding|inset|border-(?:width|style|color)|scroll-(?:margin|padding)")
_MAILS = "services/notifications/src/wsis_notifications"
SITE = "gateway/src/wsis_gateway/data/web/site.css"
INBOX = "deploy/local/src/wsis_local/mail/data/inbox.css"

EXCEPTIONS = {
    (
        SITE,
        "text-align: left",
    ): "what people wrote (dir=auto) is aligned by the page, and `start` is that of its letters",
    (SITE, "text-align: right"): "the same where the page is read from the right",
    (
        SITE,
        "padding-inline: max(var(--s4), env(safe-area-inset-left))",
    ): "both sides take the one inset: none is logical",
    (INBOX, "text-align: left"): "headers of mails (dir=auto) in a table that is English",
}
MAIL_TEMPLATES = {f"{_MAILS}/layout.html", f"{_MAILS}/newsletter.html"}
"""Mail programs know no logical properties. Top, bottom, width and height are the same in all our languages."""


class Declaration(NamedTuple):
    """A property of CSS and its value, as it stands."""

    name: str
    value: str

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"

    @property
    def takes_a_side(self) -> bool:
        """Does it say left or right?"""
        sides = self.value.split()
        return bool(
            _SIDE.search(self.name)
            or _SIDE.search(self.value)
            or (_FOUR_SIDES.fullmatch(self.name) and len(sides) == 4 and sides[1] != sides[3])
        )

    @property
    def is_physical(self) -> bool:
        """Does it name a side or a size by the paper?"""
        return self.takes_a_side or bool(_BLOCK_SIDE.search(self.name))


def declarations(text: str, *, sheet: bool) -> Iterator[Declaration]:
    """Of a style sheet, or of the sheets and the `style` of a template."""
    text = _TEMPLATE_CODE.sub("0", text)
    sheets = [text] if sheet else _SHEETS.findall(text)
    blocks = [block for each in sheets for block in _BLOCKS.findall(each)]
    blocks += [] if sheet else [style for _, style in _ATTRIBUTES.findall(text)]
    for part in (part for block in blocks for part in block.split(";")):
        name, colon, value = part.partition(":")
        if colon:
            yield Declaration(name.strip().lower(), " ".join(value.split()))
    for aligned in [] if sheet else _ALIGNED.findall(text):
        yield Declaration("text-align", aligned.split("=")[1].strip("\"'"))


def of_file(project: Any, path: Path) -> Iterator[Declaration]:
    """The physical ones."""
    mail = str(path.relative_to(project.root)) in MAIL_TEMPLATES
    for each in declarations(project.text(path), sheet=path.suffix == ".css"):
        if each.takes_a_side if mail else each.is_physical:
            yield each


def test_sides_are_named_by_the_direction_of_the_text(project: Any) -> None:
    found = {
        (str(path.relative_to(project.root)), str(each))
        for path in project.files(".css", ".html")
        for each in of_file(project, path)
    }
    assert sorted(found - EXCEPTIONS.keys()) == []
    assert sorted(EXCEPTIONS.keys() - found) == [], "an exception that nothing needs"


def test_mail_templates_are_there(project: Any) -> None:
    assert [name for name in sorted(MAIL_TEMPLATES) if not (project.root / name).is_file()] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a { margin-left: 1px }", "margin-left: 1px"),
        ("@media print { a { color: red; left: 0; } }", "left: 0"),
        ("a { border-top-right-radius: 2px }", "border-top-right-radius: 2px"),
        ("a { text-align: right }", "text-align: right"),
        ("a { float: left }", "float: left"),
        (
            "a { background: linear-gradient(to right, #fff, #000) }",
            "background: linear-gradient(to right, #fff, #000)",
        ),
        ("a { padding: 0 1px 0 2px }", "padding: 0 1px 0 2px"),
        ("a { margin-bottom: 1px }", "margin-bottom: 1px"),
        ("a { max-width: 1px }", "max-width: 1px"),
        ("<p style='margin-right:1px'>", "margin-right: 1px"),
        ("<mj-style> .a { right: 0; } </mj-style>", "right: 0"),
        ('<td align="left">', "text-align: left"),
    ],
)
def test_a_physical_side_is_found(text: str, found: str) -> None:
    assert [str(each) for each in declarations(text, sheet=text[0] != "<") if each.is_physical] == [found]


@pytest.mark.parametrize(
    "text",
    [
        "a { margin: 1px 2px; padding: 0 1px 3px 1px; inset-inline: 0; border-block-end: 1px solid; text-align: end }",
        "@media (min-width: 64rem) { a { min-inline-size: 0 } } /* left */",
        ".left { color: #b1e }",
        "<p dir='rtl'>left {# right #}</p>",
    ],
)
def test_a_logical_side_is_not(text: str) -> None:
    assert [each for each in declarations(text, sheet=text[0] != "<") if each.is_physical] == []
