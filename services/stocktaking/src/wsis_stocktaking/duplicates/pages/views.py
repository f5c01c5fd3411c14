"""Two entries beside each other, field by field."""

from __future__ import annotations

from wsis_shared.json_types import Input, JsonObject

from wsis_stocktaking.register.rules.readers import read_in, told

_FIELDS = ("kind", "status", "coverage", "countries", "start_date", "end_date", "action_lines", "sdgs", "links")


def pair(values: Input, locale: str) -> JsonObject:
    """`rows`: the name of a field, and its lines on each side."""
    sides = [values[name]["content"] or values[name]["draft"] or {} for name in ("first", "second")]
    return {"rows": [{"name": name, "sides": [_lines(name, side, locale) for side in sides]} for name in _NAMES]}


_NAMES = ("title", "description", "organization", *_FIELDS)


def _lines(name: str, side: Input, locale: str) -> list[str]:
    if name == "organization":
        found = side.get(name) or {}
        return [
            text for part in ("name", "type", "country") for text in told(f"{name}.{part}", found.get(part), locale)
        ]
    if name in ("title", "description"):
        return told(name, side[name].get(read_in(side, locale)), locale) if side else []
    return told(name, side.get(name), locale)
