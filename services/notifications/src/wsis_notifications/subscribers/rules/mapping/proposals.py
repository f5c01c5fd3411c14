"""The mapping that a list seems to need: by the names of its columns, else by likeness and values, for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypedDict

from wsis_shared.mapping import dates
from wsis_shared.mapping.column import Column
from wsis_shared.mapping.documents import Constant, Example, MappedColumn, MappedValue, RowMapping
from wsis_shared.mapping.names import likeness
from wsis_shared.mapping.values import EMAIL, codes_of
from wsis_shared.mapping.words import fold
from wsis_shared.schemas import LOCALES

from wsis_notifications.subscribers.rules.mapping.fields import ASKED, CODED, DATES, LISTS, PERSONAL
from wsis_notifications.subscribers.rules.mapping.words import finder, likely, synonyms

LEAST, BY_VALUES = 45.0, 0.75  # the score of a proposal; the share of values that makes one without a name
_BY_VALUES = ("email", "language", "topics", "country", "stakeholder_type")
"""A date that no name explains is a birthday as likely as a consent."""
MAX_EXAMPLES, MAX_EXAMPLE, MAX_PROPOSED = 3, 80, 300
_FEW = 12  # different values of a column that names no persons


class Proposal(TypedDict):
    """A mapping with the examples by which a person sees whether it is right."""

    mapping: RowMapping
    examples: list[Example]
    unsure_dates: list[str]


def fields_by_name(names: Sequence[str]) -> list[str | None]:
    """The field that the whole name of each column says."""
    known = {name: field for field, names in synonyms().items() for name in names}
    return [known.get(fold(name)) for name in names]


def by_name(columns: Sequence[Column]) -> RowMapping | None:
    """The mapping of columns whose names say all that is needed; None where a person has to be asked: a date may be the
    other way round, or somebody chose or left what is not understood."""
    columns = [each for each in columns if each.name]
    fields = {
        each.name: [field] if field else []
        for each, field in zip(columns, fields_by_name([each.name for each in columns]), strict=True)
    }
    if _unsure(columns, fields) or any(_is_unread(each, name) for each in columns for name in fields[each.name]):
        return None
    return {"columns": [_mapped(each, fields[each.name]) for each in columns], "constants": [], "values": []}


def propose(columns: Sequence[Column]) -> Proposal:
    """What the columns of a list seem to be."""
    columns = [each for each in columns if each.name]
    fields = _assigned(columns)
    mapped = [_mapped(each, fields[each.name]) for each in columns]
    return {
        "mapping": {"columns": mapped, "constants": _constants(fields), "values": list(_values(columns, fields))},
        "examples": [{"column": each.name, "values": _examples(each, fields[each.name])} for each in columns],
        "unsure_dates": _unsure(columns, fields),
    }


def _mapped(column: Column, fields: list[str]) -> MappedColumn:
    order = dates.order_of(column.values) if set(DATES).intersection(fields) else None
    found: MappedColumn = {"column": column.name, "fields": fields, "day_order": order}
    if column.is_marked and (not fields or fields == ["topics"]):
        found["marks"] = column.name  # "Topics: WSIS Forum" with an x, or whatever somebody says that it is
    return found


def _assigned(columns: Sequence[Column]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {
        each.name: ["topics"] if each.is_marked and _names_topics(each.name) else [] for each in columns
    }
    taken: set[str] = set()
    scores = ((_score(each, name), -place, name) for place, each in enumerate(columns) for name in synonyms())
    for score, place, name in sorted(scores, reverse=True):
        if score >= LEAST and not found[columns[-place].name] and name not in taken:
            found[columns[-place].name] = [name]
            taken |= {name} - set(LISTS)
    return found


def _names_topics(name: str) -> bool:
    codes, unread = codes_of(name.rpartition(":")[2], finder("topics", {}))
    return bool(codes) and not unread


def _score(column: Column, name: str) -> float:
    like, share = likeness(column.name, synonyms()[name]), _share(column, name)
    if share is None:
        return 0.9 * like
    if not column.filled:
        return 0.6 * like
    if like:
        return 0.6 * like * (0.4 + 0.6 * share) + 40.0 * share
    return 62.0 * share if name in _BY_VALUES and share >= BY_VALUES and not column.is_numeric else 0.0


def _share(column: Column, name: str) -> float | None:
    """The share of the values of a column that a field can have; None for a field of words."""
    if name == "email":
        fits = [bool(EMAIL.search(value)) for value in column.sample()]
    elif name in DATES:
        fits = [dates.period(value) is not None for value in column.sample()]
    elif name in CODED:
        find = finder(name, {})
        fits = [bool(codes_of(value, find)[0]) for value in column.sample()]
    else:
        return None
    return sum(fits) / max(1, len(fits))


def _unsure(columns: Sequence[Column], fields: dict[str, list[str]]) -> list[str]:
    """The columns of dates where nothing tells the order of day and month."""
    dated = [each for each in columns if set(DATES).intersection(fields.get(each.name, ()))]
    return [each.name for each in dated if not dates.order_of(each.values) and dates.is_ambiguous(each.values)]


def _constants(fields: dict[str, list[str]]) -> list[Constant]:
    """The language of the names of the columns, where no column says one."""
    if any("language" in each for each in fields.values()):
        return []
    known = {name: language for names in synonyms().values() for name, language in names.items()}
    said = Counter(known[plain] for plain in map(fold, fields) if plain in known)
    language = next((each for each, _ in said.most_common() if each in LOCALES), None)
    return [{"field": "language", "value": language}] if language else []


def _is_unread(column: Column, name: str) -> bool:
    """Has a column a value that would refuse its row?"""
    return name in ASKED and any(not codes_of(value, finder(name, {}))[0] for value in column.values)


def _values(columns: Sequence[Column], fields: dict[str, list[str]]) -> Iterable[MappedValue]:
    """What values that are not understood may mean, by their likeness to known ones."""
    seen: set[tuple[str, str]] = set()
    for column in columns:
        for name in (each for each in fields[column.name] if each in CODED):
            find = finder(name, {})
            for part in (part for value in column.values for part in codes_of(value, find)[1]):
                key = (name, fold(part))
                codes = None if key in seen or len(seen) > MAX_PROPOSED else likely(name, part)
                seen.add(key)
                if codes:
                    yield {"field": name, "value": part, "codes": list(codes)}


def _examples(column: Column, fields: list[str]) -> list[str]:
    """Frequent values; of a column that may name persons none: an import is kept longer than its file."""
    is_public = len(column.values) <= _FEW or bool(set(fields) & {*CODED, *DATES})
    if PERSONAL.intersection(fields) or not is_public or (not fields and column.is_distinct):
        return []
    public = [value for value in column.sample() if "@" not in value]
    return [" ".join(value.split())[:MAX_EXAMPLE] for value in public[:MAX_EXAMPLES]]
