"""Headers that a publisher may set on one mail: an allow-list, each header with its own grammar.

What the grammar does not cover is refused, so that no value can add a header or a body. Long values are folded between
their items, never inside a URL or a message id.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from wsis_notifications.mails.errors import RenderError

LINE_LIMIT = 78
ENCODED_BYTES = 45  # of an encoded word, whose line has at most 76 characters (RFC 2047, 2)
TOKEN_LIMIT = 900  # one line holds at most 998 characters (RFC 5322, 2.1.1)

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+"
_MESSAGE_ID = re.compile(rf"<{_ATOM}@{_ATOM}>")
_LINK = re.compile(r"<(?:https://|mailto:)[!-;=?-~]+>")  # printable ASCII without angle brackets and spaces
_LIST_ID = re.compile(r"(?:[A-Za-z0-9 .,:()-]{1,100} )?<[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+>")  # RFC 2919


def _links(value: str) -> list[str]:
    return _all(_LINK, re.split(" *, *", value))


def _message_ids(value: str) -> list[str]:
    return _all(_MESSAGE_ID, re.split(" +", value))


def _list_id(value: str) -> list[str]:
    return _all(_LIST_ID, [value])


def _one_click(value: str) -> list[str]:
    return _all(re.compile("List-Unsubscribe=One-Click"), [value])  # RFC 8058


# name -> (items of a value, what stands between them). Reply-To is an address: `compose` writes it.
GRAMMARS: dict[str, tuple[Callable[[str], list[str]], str]] = {
    "List-Id": (_list_id, ""),
    "List-Unsubscribe": (_links, ","),
    "List-Unsubscribe-Post": (_one_click, ""),
    "References": (_message_ids, ""),
    "In-Reply-To": (_message_ids, ""),
}
REPLY_TO = "Reply-To"


def header_lines(headers: Mapping[str, object]) -> list[str]:
    """The folded lines, with their ends, of all but Reply-To. Raises RenderError for a name that is not on the list
    and for a value that does not fit its grammar."""
    lines = []
    for name, value in headers.items():
        if name == REPLY_TO:
            continue
        if name not in GRAMMARS or not isinstance(value, str):
            raise RenderError("header_not_allowed")
        items_of, separator = GRAMMARS[name]
        try:
            lines.append(_fold(name, items_of(value), separator))
        except ValueError:
            raise RenderError("header_unsafe", name) from None
    return lines


def own_lines(headers: Mapping[str, str]) -> list[str]:
    """The same for headers that we make: they need no check. List-Unsubscribe is folded between its addresses."""
    return [_fold(name, value.split(", "), ",") for name, value in headers.items()]


def subject_line(text: str) -> str:
    """The folded line of a subject: text that needs no encoding as it is, any other as encoded words (RFC 2047) of all
    of it, each of whole characters, so that no space is lost between two of them."""
    words = re.findall(r" *[^ ]+", text)
    if text.isascii() and "=?" not in text and all(len(word) <= TOKEN_LIMIT for word in words):
        lines = ["Subject:"]
        for number, word in enumerate([f" {words[0]}", *words[1:]] if words else []):
            if number and len(lines[-1]) + len(word) > LINE_LIMIT:
                lines.append(word)
            else:
                lines[-1] += word
        return "\r\n".join(lines) + "\r\n"
    return "Subject: " + "\r\n ".join(f"=?utf-8?b?{word}?=" for word in _encoded(text)) + "\r\n"


def _encoded(text: str) -> Iterator[str]:
    chunk, limit = b"", ENCODED_BYTES - 6  # the first line begins with the name
    for char in text:
        raw = char.encode()
        if len(chunk) + len(raw) > limit:
            yield base64.b64encode(chunk).decode()
            chunk, limit = b"", ENCODED_BYTES
        chunk += raw
    yield base64.b64encode(chunk).decode()


def _all(grammar: re.Pattern[str], items: Sequence[str]) -> list[str]:
    if not items or any(len(item) > TOKEN_LIMIT or not grammar.fullmatch(item) for item in items):
        raise ValueError("outside the grammar")
    return list(items)


def _fold(name: str, items: Sequence[str], separator: str) -> str:
    parts, length = [f"{name}:"], len(name) + 1
    for number, item in enumerate(items):
        text = item + (separator if number < len(items) - 1 else "")
        fits = number == 0 or length + 1 + len(text) <= LINE_LIMIT
        parts.append(f" {text}" if fits else f"\r\n {text}")
        length = length + 1 + len(text) if fits else 1 + len(text)
    return "".join(parts) + "\r\n"
