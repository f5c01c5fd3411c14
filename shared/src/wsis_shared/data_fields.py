"""A field whose shape is data, as the answers to a form that officers write."""

from __future__ import annotations

from collections.abc import Mapping

from marshmallow import fields


class DataField(fields.Field[dict[str, object]]):
    """Forms of pages name what is in it as errors do: "answers.title", "answers.requests.0.title"."""

    @staticmethod
    def of_form(tree: Mapping[str, object]) -> object:
        """The value of nested names, each with its texts: numbered names are a list, a list of choices has the name
        "answers.goals." with a point at its end. What is empty is left out."""
        if set(tree) == {""}:
            return [text for text in _texts(tree[""]) if text]
        rows = {name: _value(part) for name, part in tree.items()}
        if rows and all(name.isdecimal() and len(name) < 4 for name in rows):
            return [rows[name] for name in sorted(rows, key=int) if rows[name]]
        return {name: value for name, value in rows.items() if value}


def _value(part: object) -> object:
    return DataField.of_form(part) if isinstance(part, Mapping) else _texts(part)[-1].strip()


def _texts(part: object) -> list[str]:
    return part if isinstance(part, list) else [""]
