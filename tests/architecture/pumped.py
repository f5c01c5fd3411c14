"""Regular expressions of what ships, and strings on which a careless one takes long (S9).

`python pumped.py MODULE ...` imports the modules and prints each expression that they compile, with its flags and file.
"""

from __future__ import annotations

import importlib
import itertools
import json
import re
import signal
import sys
import time
from collections.abc import Iterator
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

LARGE, PARTS = 32_000, 8  # characters; and how many times shorter the texts are to which that is compared
# What takes longer in all than this, of the processor, is stopped; what takes less than that is not compared.
MOST_SECONDS, UNNOTICED = 0.3, 0.03
# A long text takes as long as its parts together where the expression is linear, PARTS times as long where quadratic.
MOST_TIMES = 3
LETTERS = 4  # of each expression that are tried


class Slow(Exception):
    """It takes more than MOST_SECONDS of the processor."""


class Expression(NamedTuple):
    """As it is compiled, and how it is used: match, fullmatch or search."""

    pattern: str | bytes
    flags: int
    method: str = "search"


class Pumped(NamedTuple):
    """A text of any length: a beginning, something again and again, and an end."""

    beginning: str
    again: str
    end: str

    def text(self, length: int) -> str:
        """About so many characters of it."""
        return self.beginning + self.again * (length // len(self.again)) + self.end


def pumped(expression: Expression) -> Iterator[Pumped]:
    """What is repeated: letters of the expression and pairs of them, after each of its beginnings; then something that
    it does not take."""
    tree = parser.parse(expression.pattern, expression.flags)
    letters = list(dict.fromkeys(_letters(tree)))[:LETTERS] or ["a"]
    pumps = [*letters, *("".join(pair) for pair in itertools.permutations(letters, 2)), *_repeated(tree)]
    for beginning in dict.fromkeys(["", *_beginnings(tree)]):
        for pump in dict.fromkeys(pumps):
            if pump:
                yield Pumped(beginning, pump, "\x00")


def _sample(tree: Any) -> str:
    """A short text that the expression takes, nearly."""
    text = ""
    for op, value in tree:
        if op is codes.LITERAL:
            text += chr(value)
        elif op is codes.NOT_LITERAL:
            text += "a" if value != ord("a") else "b"
        elif op is codes.ANY:
            text += "a"
        elif op is codes.IN:
            text += _of_class(value)
        elif op is codes.BRANCH:
            text += _sample(value[1][0])
        elif op is codes.SUBPATTERN:
            text += _sample(value[3])
        elif op in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            text += _sample(value[2]) * max(1, min(value[0], 64))
        elif op is codes.ATOMIC_GROUP:
            text += _sample(value)
    return text


CATEGORIES = {
    codes.CATEGORY_DIGIT: "0",
    codes.CATEGORY_NOT_DIGIT: "a",
    codes.CATEGORY_SPACE: " ",
    codes.CATEGORY_NOT_SPACE: "a",
    codes.CATEGORY_WORD: "a",
    codes.CATEGORY_NOT_WORD: "-",
}


def _of_class(items: Any) -> str:
    inverted = items[0][0] is codes.NEGATE
    if inverted:
        taken = re.compile("[" + "".join(map(re.escape, _members(items[1:]))) + "]") if _members(items[1:]) else None
        return next((letter for letter in "a 0-<\n" if taken is None or not taken.match(letter)), "a")
    return _members(items)[0]


def _members(items: Any) -> list[str]:
    found = []
    for op, value in items:
        if op is codes.LITERAL:
            found.append(chr(value))
        elif op is codes.RANGE:
            found.append(chr(value[0]))
        elif op is codes.CATEGORY:
            found.append(CATEGORIES.get(value, "a"))
    return found


def _letters(tree: Any) -> Iterator[str]:
    for op, value in _nodes(tree):
        if op is codes.LITERAL:
            yield chr(value)
        elif op is codes.ANY:
            yield "a"
        elif op is codes.NOT_LITERAL:
            yield "a" if value != ord("a") else "b"
        elif op is codes.IN:
            yield _of_class(value)


def _nodes(tree: Any) -> Iterator[tuple[Any, Any]]:
    # What is repeated comes first: its letters are those to try.
    rows = sorted(tree, key=lambda row: row[0] not in (codes.MAX_REPEAT, codes.MIN_REPEAT))
    for op, value in rows:
        yield op, value
        for inner in _inner(op, value):
            yield from _nodes(inner)


def _inner(op: Any, value: Any) -> list[Any]:
    if op is codes.BRANCH:
        return list(value[1])
    if op is codes.SUBPATTERN:
        return [value[3]]
    if op in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        return [value[2]]
    if op in (codes.ASSERT, codes.ASSERT_NOT):
        return [value[1]]
    return [value] if op is codes.ATOMIC_GROUP else []


def _repeated(tree: Any) -> Iterator[str]:
    for op, value in _nodes(tree):
        if op in (codes.MAX_REPEAT, codes.MIN_REPEAT):
            yield _sample(value[2])
    yield _sample(tree)


def _beginnings(tree: Any) -> Iterator[str]:
    """What comes before each part of the expression that repeats."""
    rows = list(tree)
    for number, (op, value) in enumerate(rows):
        before = _sample(rows[:number])
        if op in (codes.MAX_REPEAT, codes.MIN_REPEAT):
            yield before
        for inner in _inner(op, value):
            yield from (before + beginning for beginning in _beginnings(inner))


def seconds(expression: Expression, *texts: str) -> float:
    """Of the processor, for all the texts. Raises Slow."""
    made: re.Pattern[Any] = re.compile(expression.pattern, expression.flags)
    given: list[Any] = [text if isinstance(made.pattern, str) else text.encode("latin-1", "replace") for text in texts]
    look = getattr(made, expression.method)
    began = time.process_time()
    signal.setitimer(signal.ITIMER_VIRTUAL, MOST_SECONDS)
    try:
        for text in given:
            look(text)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return time.process_time() - began


def slow_on(expression: Expression, most: int = LARGE) -> str:
    """On what text the expression takes longer than a linear one, or, of at most so many characters, longer than
    MOST_SECONDS; "" where on none."""

    def late(*_: Any) -> None:
        raise Slow

    signal.signal(signal.SIGVTALRM, late)
    for row in pumped(expression):
        try:
            long = seconds(expression, row.text(most))
            parts = [row.text(most // PARTS)] * PARTS
            if most == LARGE and long > UNNOTICED and long > MOST_TIMES * seconds(expression, *parts):
                return f"{row} takes {long:.2f} s for {most:,} characters, in parts much less"
        except Slow:
            return f"{row} takes over {MOST_SECONDS} s for {most:,} characters"
    return ""


def main(modules: list[str]) -> None:
    """Import, and print what they compile: file, line, pattern, whether it is of bytes, flags."""
    compile_, made = re.compile, []

    def noted(pattern: Any, flags: int = 0) -> Any:
        frame = sys._getframe(1)
        while "/marshmallow/" in frame.f_code.co_filename and frame.f_back:
            frame = frame.f_back
        found = compile_(pattern, flags)
        made.append((frame.f_code.co_filename, frame.f_lineno, found))
        return found

    re.compile = noted  # type: ignore[assignment]
    for module in modules:
        importlib.import_module(module)
    for file, line, found in made:
        text = found.pattern if isinstance(found.pattern, str) else found.pattern.decode("latin-1")
        print(json.dumps([file, line, text, isinstance(found.pattern, bytes), found.flags]))


if __name__ == "__main__":
    main(sys.argv[1:])
