"""The submission form: labels, help and limits of each field; and how words are counted.

A word is what stands between white space and holds at least one letter or digit of any script. So "state-of-the-art",
"https://example.org/a" and "Öst/Väst" are one word each, a dash or a bullet alone is none, double spaces add nothing.
`word-count.js` beside this module states the same in JavaScript; a test runs both over the same texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wsis_shared.json_types import Input
from wsis_shared.reference import title
from wsis_shared.reference.loading import Titles, read

ALWAYS = ({"code": "completed", "required": True}, {"code": "language", "required": False})
RULE = {
    "text": "A word is a run of characters between white space that holds at least one letter or digit of any script.",
    "split": r"\s+",
    "counts_if": r"[\p{L}\p{N}]",
    "flags": "u",
}


def described(fields: Sequence[Input], texts: Mapping[str, Input], locale: str | None) -> list[dict[str, object]]:
    """The fields of an edition's form with `label` and `help` in the reader's language, and in all under `labels`.

    `ALWAYS` belongs to every form, also to those of editions that were made before it was listed.
    """
    codes = {field["code"] for field in fields}
    whole = [*fields, *(field for field in ALWAYS if field["code"] not in codes)]
    return [{**field, **_texts_of(texts.get(field["code"], {}), locale)} for field in whole]


def _texts_of(texts: Input, locale: str | None) -> dict[str, object]:
    if not texts:
        return {}
    return {
        "label": title({"title": texts["label"]}, locale),
        "help": title({"title": texts["help"]}, locale),
        "labels": dict(texts["label"]),
        "helps": dict(texts["help"]),
    }


def form_texts() -> Mapping[str, Mapping[str, Titles]]:
    """Field of the form -> {"label": ..., "help": ...}, each by language."""
    texts: Mapping[str, Mapping[str, Titles]] = read("form", "wsis_prizes")
    return texts


def count(text: str) -> int:
    """Number of words in `text`."""
    return sum(any(char.isalnum() for char in run) for run in text.split())


def problem(text: str, at_least: int | None, at_most: int | None) -> str | None:
    """What is wrong with the length, as a sentence with the figures; None where it is right."""
    words = count(text)
    if at_least is not None and words < at_least:
        return f"{words} words: at least {at_least} are needed."
    if at_most is not None and words > at_most:
        return f"{words} words: at most {at_most} are allowed."
    return None
