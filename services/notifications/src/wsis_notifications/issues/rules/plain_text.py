"""Plain text of an officer's text, from the same tokens as its HTML: links are numbered and listed after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from wsis_notifications.issues.rules.wrapping import WIDTH, columns, joined, wrap

_UNDERLINES = {"h3": "-", "h4": "-"}
_MARKS = {"strong_open": "*", "strong_close": "*", "em_open": "_", "em_close": "_"}


@dataclass
class Links:
    """The numbers of the addresses of an issue: [1], [2], ..."""

    numbers: dict[str, int] = field(default_factory=dict)
    _listed: int = 0

    def number(self, url: str) -> int:
        """The number of an address, the same each time."""
        return self.numbers.setdefault(url, len(self.numbers) + 1)

    def unlisted(self) -> list[str]:
        """Lines "[1] https://..." of the addresses since the last call."""
        new = list(self.numbers)[self._listed :]
        lines = [f"[{self._listed + place}] {url}" for place, url in enumerate(new, 1)]
        self._listed += len(new)
        return lines


@dataclass
class _Container:
    """A quote or an item of a list: what begins its first line, and its others."""

    first: str
    rest: str
    next_number: int | None = None

    def take(self) -> str:
        taken, self.first = self.first, self.rest
        return taken


def to_text(tokens: Sequence[Token], links: Links) -> str:
    """The text in lines of WIDTH columns."""
    return "\n".join(_without_double_gaps(_lines(tokens, links)))


def _lines(tokens: Sequence[Token], links: Links) -> Iterator[str]:
    """Lines; an empty one is a gap between blocks, and several stand for one."""
    inside: list[_Container] = []
    lists: list[int | None] = []
    for place, token in enumerate(tokens):
        kind = token.type
        if kind in ("bullet_list_open", "ordered_list_open"):
            lists.append(int(token.attrGet("start") or 1) if kind.startswith("ordered") else None)
        elif kind in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
            yield "" if not lists else _GAPLESS
        elif kind == "list_item_open":
            number = lists[-1]
            marker = "- " if number is None else f"{number}. "
            lists[-1] = None if number is None else number + 1
            inside.append(_Container(marker, " " * len(marker)))
        elif kind == "blockquote_open":
            inside.append(_Container("> ", "> "))
        elif kind in ("list_item_close", "blockquote_close"):
            inside.pop()
            if kind == "blockquote_close":
                yield ""
        elif kind == "hr":
            yield from ("* * *", "")
        elif kind == "inline":
            before = tokens[place - 1]
            yield from _block(token, before, inside, links)
            yield _GAPLESS if before.hidden else ""


_GAPLESS = "\x00"  # no gap here, though blocks end


def _block(token: Token, before: Token, inside: list[_Container], links: Links) -> Iterator[str]:
    lines = _inline(token, links).split("\n")
    for line in lines:
        first = "".join(container.take() for container in inside)
        rest = "".join(container.rest for container in inside)
        yield from wrap(line, first, rest).split("\n")
    if before.type == "heading_open":
        rest = "".join(container.rest for container in inside)
        widest = max(columns(line) for line in lines)
        yield rest + _UNDERLINES.get(before.tag, "-") * min(widest, WIDTH - len(rest))


def _inline(token: Token, links: Links) -> str:
    """Its text; "\\n" is a line break that its author means."""
    found: list[str] = []
    opened: list[tuple[str, int]] = []
    for child in token.children or ():
        if child.type == "softbreak":
            found.append("\n")
        elif child.type == "hardbreak":
            found.append(_HARD)
        elif child.type == "link_open":
            opened.append((str(child.attrGet("href")), len(found)))
        elif child.type == "link_close":
            url, start = opened.pop()
            if "".join(found[start:]).strip() not in (url, url.removeprefix("mailto:")):
                found.append(f" [{links.number(url)}]")
        else:
            found.append(_MARKS.get(child.type, child.content))
    return "\n".join(joined(part) for part in "".join(found).split(_HARD))


_HARD = "\u2028"


def _without_double_gaps(lines: Iterator[str]) -> Iterator[str]:
    gap, begun = False, False
    for line in lines:
        if line == _GAPLESS:
            continue
        if not line.strip():
            gap = begun
            continue
        if gap:
            yield ""
        yield line
        gap, begun = False, True
