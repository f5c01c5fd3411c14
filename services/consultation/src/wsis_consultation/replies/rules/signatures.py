"""Signatures and what phones add, found with mail-parser-reply and our words (data/mail_clients.yaml).

The library's own words delete all that follows a line which merely begins with "Thanks,"; ours are whole lines with few
short ones after them. It also looks for the header of a quote, where neither our marker nor our address is left.
"""

from __future__ import annotations

import re
import unicodedata

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
_MAX_BELOW = 3  # lines of a signature below a line of dashes
_DASHES = re.compile(r"\s*(?:-{2,}|—{1,3}|–{2,3}|_{3,4})\s*")
_BELOW = re.compile(r"\s*(?![-*+•>#] |\d+[.)] )[^\n]{0,59}[^\s.?!;:…。？！；：؟]\s*")
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


def without(text: str, name: str = "") -> str:
    """`text` of a member of that name without the signature at its end. Raises TooLong over MAX_CHARACTERS."""
    if len(text) > MAX_CHARACTERS:
        raise TooLong(len(text))
    return _without_name(_without_dashes(_without_words(text)), name)


def _without_words(text: str) -> str:
    lines = text.split("\n")
    # The library strips lines and takes long for long ones; so it only says how many lines are left.
    visible = "\n".join(line.strip()[:_MAX_LINE] for line in lines)
    return "\n".join(lines[: _lines_left(visible)]).rstrip()


def _without_dashes(text: str) -> str:
    """Without a line of dashes and the few short lines below it, none of them a sentence (Roundcube)."""
    lines = text.split("\n")
    for number in range(len(lines) - 1, 0, -1):
        below = [line for line in lines[number + 1 :] if line.strip()]
        if len(below) > _MAX_BELOW:
            break
        if _DASHES.fullmatch(lines[number]):
            left = "\n".join(lines[:number]).rstrip()
            return left if left and all(map(_BELOW.fullmatch, below)) else text
    return text


def _without_name(text: str, name: str) -> str:
    """Without a last line that is the member's own name, in whichever order its parts stand (Foxmail)."""
    above, _, last = text.rpartition("\n")
    return above.rstrip() if above.strip() and name and _names(last) & _names(name) else text


def _names(text: str) -> set[str]:
    parts = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold())
    return {"".join(parts), "".join(reversed(parts))} - {""}


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
