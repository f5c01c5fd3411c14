"""From plain paragraphs to wrapped text and to HTML.

A blank line ends a paragraph; lines that begin with "- " are a list; other line breaks are only for the author.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass

from wsis_notifications.mails.rules.bidi import LINE

WIDTH = 72
_BLANK = re.compile(r"\n[ \t]*\n\s*")
# Between two Chinese characters a line break is no space.
_HAN_BREAK = re.compile("(?<=[\u3000-\u9fff\uff00-\uffef])\n(?=[\u3000-\u9fff\uff00-\uffef])")

# French sets a space inside quotation marks and before high punctuation: no line breaks there.
_BOUND = re.compile("(?<=«) | (?=[:;!?»])")
_NO_BREAK = "\u00a0"


@dataclass(frozen=True)
class Block:
    """A paragraph (one line) or a list (a line each)."""

    lines: tuple[str, ...]
    is_list: bool = False


def blocks(text: str) -> list[Block]:
    """The paragraphs and lists of a text."""
    found: list[Block] = []
    for part in _BLANK.split(_BOUND.sub(_NO_BREAK, text.strip())):
        lines = [line.strip() for line in _HAN_BREAK.sub("", part.strip()).split("\n")]
        plain: list[str] = []
        for line in filter(None, lines):
            if line.startswith("- "):
                _end_paragraph(found, plain)
                _add_item(found, line[2:].strip())
            elif found and found[-1].is_list and not plain and line is not lines[0]:
                found[-1] = Block((*found[-1].lines[:-1], f"{found[-1].lines[-1]} {line}"), is_list=True)
            else:
                plain.append(line)
        _end_paragraph(found, plain)
    return found


def _end_paragraph(found: list[Block], plain: list[str]) -> None:
    if plain:
        found.append(Block((" ".join(plain),)))
        plain.clear()


def _add_item(found: list[Block], item: str) -> None:
    if found and found[-1].is_list:
        found[-1] = Block((*found[-1].lines, item), is_list=True)
    else:
        found.append(Block((item,), is_list=True))


def as_text(text: str, width: int = WIDTH) -> str:
    """Wrapped to `width` columns."""
    return "\n\n".join(
        "\n".join(_wrapped(line, "- " if block.is_list else "", width) for line in block.lines)
        for block in blocks(text)
    )


def _wrapped(line: str, bullet: str, width: int) -> str:
    first, *more = line.split(LINE)
    indent = " " * len(bullet)
    parts = [_fill(first, bullet, indent, width), *(_fill(part, indent, indent, width) for part in more)]
    return "\n".join(parts)


def _fill(line: str, first: str, then: str, width: int) -> str:
    return textwrap.fill(
        line, width, initial_indent=first, subsequent_indent=then, break_long_words=False, break_on_hyphens=False
    )


def as_html(markup: str) -> str:
    """Paragraphs and lists; `markup` is escaped already."""
    return "\n".join(_element(block) for block in blocks(markup)).replace(LINE, "<br>")


def _element(block: Block) -> str:
    if not block.is_list:
        return f'<p style="margin:0 0 16px 0">{block.lines[0]}</p>'
    items = "".join(f'<li style="margin:0 0 6px 0">{line}</li>' for line in block.lines)
    return f'<ul style="margin:0 0 16px 0;padding-inline-start:24px">{items}</ul>'
