"""Counting words: one rule for the server, the form in the browser and the officers.

A word is what stands between white space and holds at least one letter or digit of any script. So "state-of-the-art",
"https://example.org/a" and "Öst/Väst" are one word each, a dash or a bullet alone is none, double spaces add nothing.
`word-count.js` beside this module states the same in JavaScript; a test runs both over the same texts.
"""

from __future__ import annotations

RULE = {
    "text": "A word is a run of characters between white space that holds at least one letter or digit of any script.",
    "split": r"\s+",
    "counts_if": r"[\p{L}\p{N}]",
    "flags": "u",
}


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
