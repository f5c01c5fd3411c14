"""Differences between two versions of a submission, and between two versions of a form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypedDict

from wsis_shared.json_types import Input

from wsis_consultation.submissions.rules.questions import Form, Question, every_question

_WATCHED = ("type", "required", "max", "words", "choices", "when", "asked_of", "label", "help")


class Difference(TypedDict):
    """An answer that differs; None stands for no answer."""

    path: str
    before: object
    after: object


def between(before: Input, after: Input) -> list[Difference]:
    """The answers that differ, in the order of their paths.

    Entries with an id are compared by id, so that one that moves in its list does not count as changed.
    """
    old, new = dict(_flat(before, "")), dict(_flat(after, ""))
    return [
        {"path": path, "before": old.get(path), "after": new.get(path)}
        for path in sorted({*old, *new})
        if old.get(path) != new.get(path)
    ]


def _flat(value: object, path: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            if name != "id":
                yield from _flat(item, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        for index, item in enumerate(value):
            yield from _flat(item, f"{path}.{_name(item, index)}")
    else:
        yield path, value


def _name(item: object, index: int) -> str:
    if not isinstance(item, Mapping):
        return str(index)
    return str(item.get("id") or item.get("action_line") or index)


def of_forms(before: Form, after: Form) -> dict[str, list[str]]:
    """{added, removed, changed}: paths of questions, for whoever comes back with a draft of an older version."""
    old, new = dict(every_question(before)), dict(every_question(after))
    return {
        "added": [path for path in new if path not in old],
        "removed": [path for path in old if path not in new],
        "changed": [path for path in new if path in old and _watched(old[path]) != _watched(new[path])],
    }


def _watched(question: Question) -> list[object]:
    return [question.get(name) for name in _WATCHED]
