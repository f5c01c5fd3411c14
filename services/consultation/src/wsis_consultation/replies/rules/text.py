"""What the sender wrote, out of a mail that quotes ours.

Our mails carry a marker line, a sender and a reply address, and clients quote them. So the quote begins at the first of
them, which no other parser can know; above it stands the attribution ("On Tuesday ... wrote:", or a block of headers).
Lines with ">" are quotes wherever they are. Signatures are in `signatures`.
"""

from __future__ import annotations

import re
import unicodedata

from wsis_consultation.replies.rules import signatures

MAX_ATTRIBUTION = 3  # lines that one attribution may be wrapped into
MAX_HEADINGS = 2  # lines of our mail above its marker: its title
MAX_WRAPPED = 2  # lines that a client may have wrapped out of a quoted line

_QUOTED = re.compile(r"\s*[>＞]")
_LABEL = re.compile(rf"[\s*>]*(?:{signatures.any_of('header_labels')})\s{{0,2}}\*?\s?[:：]", re.IGNORECASE)
_SEPARATOR = re.compile(r"[\s*>]*[-_]{5,}[^.!?]{0,40}?[-_]{0,60}\s*")
_DATE = re.compile(r"\d{4}|\d{1,2}[:.h]\d{2}|\d{1,2}[/.-]\d{1,2}")
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad]")  # zero-width, but not the joiners and marks that scripts need


def reply_text(body: str, *addresses: str, name: str = "") -> str:
    """The reply in the plain text of a mail; empty where there is none. At most one blank line in a row.

    `addresses`: the reply address, and the sender of our mails. `name`: of the member, who may sign with
    it. Takes time linear in the length of `body`.
    Raises signatures.TooLong."""
    lines = _normalized(body).split("\n")
    above, below = _around_quote(lines, [address.lower() for address in addresses if address])
    return signatures.without(_joined(above) or _joined(below), name)


def _normalized(body: str) -> str:
    body = body.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u00a0", " ")
    body = _INVISIBLE.sub("", body)
    return "".join(char for char in body if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs"))


def _around_quote(lines: list[str], addresses: list[str]) -> tuple[list[str], list[str]]:
    """The lines of the reply, and those that are it where the first are empty (an answer below the quote)."""
    boundary = _boundary(lines, addresses)
    start = len(lines) if boundary is None else _attribution_start(lines, boundary, addresses)
    above = [line for line in lines[:start] if not _is_quoted(line)]
    if boundary is None or not _is_quote_marked(lines, boundary):
        return above, []
    rest = lines[boundary:] if _is_quoted(lines[boundary]) else lines[boundary + 1 :]
    between, after = _unquoted(rest)
    if any(line.strip() for line in between):  # answers between the quoted lines: all of it is the reply
        return [*above, "", *between, *after], []
    return above, after


def _boundary(lines: list[str], addresses: list[str]) -> int | None:
    """The first line that quotes our mail."""
    for number, line in enumerate(lines):
        if signatures.AT_MARKER.search(line) or any(address in line.lower() for address in addresses):
            return number
    for number, line in enumerate(lines):
        if _is_quoted(line):
            return number
    return None


def _attribution_start(lines: list[str], boundary: int, addresses: list[str]) -> int:
    """The first line of what stands above the quote: an attribution, headers, a separator. `boundary` where there is
    nothing of the kind."""
    if signatures.AT_MARKER.search(lines[boundary]):
        start = _start_above(lines, boundary, headings=MAX_HEADINGS)
    elif _is_quoted(lines[boundary]):
        start = _start_above(lines, boundary, headings=0)
    elif _LABEL.match(lines[boundary]):
        start = _headers_start(lines, boundary)
    else:
        start = _dated_start(lines, boundary, addresses)
    above = _skip_up(lines, start, quoted=False)
    return above if above < start and _SEPARATOR.fullmatch(lines[above]) else start


def _start_above(lines: list[str], boundary: int, *, headings: int) -> int:
    """The same above a marker or a quoted line, past unquoted headings of our mail."""
    number = boundary
    for step in range(1 + headings):
        above = _skip_up(lines, number, quoted=True)
        if above == number:
            break
        number = above
        if _LABEL.match(lines[number]) and (step == 0 or (number > 0 and _LABEL.match(lines[number - 1]))):
            return _headers_start(lines, number)
        if _ends_attribution(lines[number]):
            start = _dated_start(lines, number, [])
            if _DATE.search(" ".join(lines[start : number + 1])):
                return start
    return boundary


def _ends_attribution(line: str) -> bool:
    return line.rstrip().removesuffix("*").rstrip().endswith((":", "："))


def _skip_up(lines: list[str], number: int, *, quoted: bool) -> int:
    """The next line above that has a text, and is no quote where `quoted` are skipped; `number` where there is none."""
    for above in range(number - 1, -1, -1):
        if lines[above].strip() and not (quoted and _is_quoted(lines[above])):
            return above
    return number


def _headers_start(lines: list[str], number: int) -> int:
    """The first of the header lines that end at `number`."""
    while number > 0 and _LABEL.match(lines[number - 1]):
        number -= 1
    return number


def _dated_start(lines: list[str], last: int, addresses: list[str]) -> int:
    """The first line of a wrapped attribution: it begins at its date, or at `last` where no date is near."""
    for start in range(last, max(-1, last - MAX_ATTRIBUTION), -1):
        if not lines[start].strip() or (start < last and _is_quoted(lines[start])):
            break
        line = lines[start].lower()
        for address in addresses:
            line = line.replace(address, "")
        if _DATE.search(line):
            return start
    return last


def _is_quoted(line: str) -> bool:
    return _QUOTED.match(line) is not None


def _is_quote_marked(lines: list[str], boundary: int) -> bool:
    """Whether the client marks quoted lines, so that unmarked ones below are an answer."""
    following = next((line for line in lines[boundary + 1 :] if line.strip()), "")
    return _is_quoted(lines[boundary]) or _is_quoted(following)


def _unquoted(lines: list[str]) -> tuple[list[str], list[str]]:
    """The unquoted lines between quoted ones, without what a client wrapped out of a quoted line; and those after the
    last quoted one."""
    quoted = [number for number, line in enumerate(lines) if _is_quoted(line)]
    between: list[str] = []
    for first, second in zip(quoted, quoted[1:], strict=False):
        gap = lines[first + 1 : second]
        wrapped = len(gap) <= MAX_WRAPPED and all(line.strip() for line in gap)
        between += [] if wrapped else gap
    return between, lines[quoted[-1] + 1 :] if quoted else lines


def _joined(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip("\n").strip()
