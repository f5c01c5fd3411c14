"""Signatures and what phones add, found with mail-parser-reply and our words (data/mail_clients.yaml).

The library's own words delete all that follows a line which merely begins with "Thanks,"; ours are whole lines with few
short ones after them. It also looks for the header of a quote, where neither our marker nor our address is left.
"""

from __future__ import annotations

import re

from mailparser_reply import EmailMessage  # type: ignore[import-untyped]  # the library has no types
from mailparser_reply.constants import MAIL_LANGUAGES  # type: ignore[import-untyped]  # nor here
from wsis_shared.reference.loading import read

from wsis_consultation.discussions.rules.addresses import MARKER

# What mail clients add to a reply (data/mail_clients.yaml), as patterns.


AT_MARKER = re.compile(rf"{MARKER}(?=[\s\u2066-\u2069]|$)")
"""The marker in a line, also where the mail isolates it in a text of the other direction."""


def any_of(kind: str) -> str:
    """A regular expression for any word of one kind ("closings") in any language, longest first."""
    words = {word for found in read("mail_clients", "wsis_consultation")[kind].values() for word in found}
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


MAX_CHARACTERS = 16_384  # of one reply: the time that the library takes grows with the square
_MAX_LINE = 500  # characters of a line that the library sees
_LANGUAGE = "wsis"
_NEVER = "(?!)"

# What may follow a closing: lines of a name, an office, a telephone; not a postscript.
_POSTSCRIPT = r"(?!\s*(?:P\.?\s?S\b|P\.\s?D\.|N\.?B\.?\b|ПС|З\.Ы))"
_END = r"[\s,.!،，。]{0,4}"
_BLOCK = rf"(?=(?:\n{_POSTSCRIPT}[^\n]{{0,120}}){{0,12}}\Z)"
_NAME = r"(?=(?:\n[^\n.?!:;]{0,40}){0,3}\Z)"
_PHONE = r"(?=[^\n]{0,160}(?:\n[^\n]{0,120}){0,2}\Z)"


def _headers(kind: str) -> str:
    return "|".join(MAIL_LANGUAGES[language][kind] for language in ("en", "fr", "es", "zh", "de"))


MAIL_LANGUAGES[_LANGUAGE] = {
    "wrote_header": _headers("wrote_header"),
    "from_header": _headers("from_header") + rf"|((?:(?:^|\n)[* ]*(?:{any_of('header_labels')})\s?[:：][ *].*){{3,}})",
    "disclaimers": [_NEVER],
    "sent_from": _NEVER,
    "signatures": [
        rf"(?:{any_of('closings')}){_END}${_BLOCK}",
        rf"(?:{any_of('thanks')}){_END}${_NAME}",
        rf"(?:{any_of('sent_from')}){_PHONE}",
    ],
}


class TooLong(ValueError):
    """Longer than a comment may be."""


def without(text: str) -> str:
    """`text` without the signature at its end. Raises TooLong over MAX_CHARACTERS."""
    if len(text) > MAX_CHARACTERS:
        raise TooLong(len(text))
    lines = text.split("\n")
    # The library strips lines and takes long for long ones; so it only says how many lines are left.
    visible = "\n".join(line.strip()[:_MAX_LINE] for line in lines)
    return "\n".join(lines[: _lines_left(visible)]).rstrip()


def _lines_left(text: str) -> int:
    first = (
        EmailMessage(text, [_LANGUAGE], include_english=False, keep_hyphen_lists=True, default_language=_LANGUAGE)
        .read()
        .replies[0]
    )
    left = first.content
    if first.signatures and left.endswith(first.signatures):
        left = left[: -len(first.signatures)]
    return len(left.rstrip().split("\n")) if left.strip() else 0
