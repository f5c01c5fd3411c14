"""The mapping that a file seems to need: its columns, what is the same in all rows, what unknown values may mean."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypedDict

from wsis_shared import reference
from wsis_shared.mapping import countries, dates
from wsis_shared.mapping.column import Column
from wsis_shared.mapping.documents import Constant, Example, MappedColumn, MappedValue, RowMapping
from wsis_shared.mapping.values import codes_of
from wsis_shared.mapping.words import fold

from wsis_stocktaking.imports.rules.mapping import columns as naming
from wsis_stocktaking.imports.rules.mapping import derived, homes, values
from wsis_stocktaking.imports.rules.mapping.fields import DATES, GROUPS, PERSONAL, TEXTS
from wsis_stocktaking.imports.rules.mapping.names import own_mapping, synonyms

MAX_EXAMPLES, MAX_EXAMPLE, MAX_PROPOSED = 3, 80, 300
_CODE = 3  # letters of a code: "IT" above a table is no Italy

_SCRIPTS = {"ru": "\u0400-\u04ff", "ar": "\u0600-\u06ff", "zh": "\u3400-\u9fff"}
_WORDS = {
    "en": ["the", "of", "and", "for", "with", "in", "to", "by", "on"],
    "fr": ["les", "des", "du", "et", "pour", "dans", "une", "le", "la", "au", "aux"],
    "es": ["los", "las", "del", "el", "y", "para", "una", "con", "en", "al"],
    "pt": ["dos", "das", "do", "da", "e", "os", "em", "uma", "com", "ao", "na", "no"],
}


class Proposal(TypedDict):
    """A mapping with the examples by which a person sees whether it is right."""

    mapping: RowMapping
    examples: list[Example]
    unsure_dates: list[str]


def propose(columns: Sequence[Column], source: str | None, above: Sequence[str] = ()) -> Proposal:
    """What the columns of a file seem to be; `above` are the texts above their names."""
    columns = [each for each in columns if each.name]
    own = own_mapping([each.name for each in columns])
    fields = {each["column"]: each["fields"] for each in own["columns"]}
    if any(
        name not in {field for each in fields.values() for field in each} for name in ("kind", "coverage", "status")
    ):
        fields = naming.propose(columns)
    mapped: list[MappedColumn] = [
        {"column": each.name, "fields": fields[each.name], "day_order": None} for each in columns
    ]
    marked = naming.matrix_of(columns)
    for column, each in zip(columns, mapped, strict=True):
        field, value = marked.get(column.name, ("", ""))
        if field in each["fields"]:
            each["marks"] = value
        elif column.is_marked and not each["fields"]:
            each["marks"] = column.name  # until somebody says what it is of
        if set(DATES).intersection(each["fields"]) and dates.are_fiscal(column.values):
            each["fiscal"] = True
    unsure = _set_orders(columns, mapped)
    return {
        "mapping": {
            "columns": mapped,
            "constants": _constants(columns, fields, _country(source, above) or _home(columns, fields)),
            "values": list(_values(columns, fields)),
        },
        "examples": [{"column": each.name, "values": _examples(each, fields[each.name])} for each in columns],
        "unsure_dates": unsure,
    }


def _examples(column: Column, fields: list[str]) -> list[str]:
    """Frequent values of what entries will show. A column that is not read may name anybody, and an import is kept
    longer than its file: of that one only marks."""
    if PERSONAL.intersection(fields) or not (fields or column.is_marked):
        return []
    public = [value for value in column.sample() if "@" not in value]
    return [" ".join(value.split())[:MAX_EXAMPLE] for value in public[:MAX_EXAMPLES]]


def _set_orders(columns: Sequence[Column], mapped: Sequence[MappedColumn]) -> list[str]:
    """The order of day and month of each column, by its own values, else by those of the other columns. Returns the
    columns where nothing tells it."""
    dated = [
        (column, each) for column, each in zip(columns, mapped, strict=True) if set(DATES).intersection(each["fields"])
    ]
    for column, each in dated:
        each["day_order"] = dates.order_of(column.values)
    known = Counter(each["day_order"] for _, each in dated if each["day_order"])
    common = known.most_common(1)[0][0] if known else None
    for _, each in dated:
        each["day_order"] = each["day_order"] or common
    return [column.name for column, each in dated if not each["day_order"] and dates.is_ambiguous(column.values)]


def _constants(columns: Sequence[Column], fields: dict[str, list[str]], country: str | None) -> list[Constant]:
    """What rows do not say and an entry needs: the language, and what most registers of a ministry are."""
    has = {name for each in fields.values() for name in each}
    names_place = bool(has & {"countries", "organization.country"}) or bool(country)
    wanted = {
        "original_language": _language(columns, fields),
        "organization.type": derived.commonest_type(_names(columns, fields)) or "government",
        "kind": "project",
        "coverage": "national" if names_place else "international",
        "status": "ongoing",
        **({"countries": country} if country and "organization.country" not in has else {}),
    }
    gaps = {name for each in columns if each.has_gaps for name in fields[each.name]}
    return [{"field": name, "value": value} for name, value in wanted.items() if name not in has or name in gaps]


def _country(source: str | None, above: Sequence[str]) -> str | None:
    """The country of a whole register: that of its source, "ke-ict", else the one that stands above the table."""
    code = (source or "").partition("-")[0].upper()
    named = {codes[0] for text in above if len(text) > _CODE and (codes := countries.find(text))}
    return code if reference.is_country(code) else named.pop() if len(named) == 1 else None


def _home(columns: Sequence[Column], fields: dict[str, list[str]]) -> str | None:
    """The country of a register without places of its own."""
    has = {name for each in fields.values() for name in each}
    return None if has & {"countries", "regions", "organization.country"} else homes.country_of(columns, fields)


def _names(columns: Sequence[Column], fields: dict[str, list[str]]) -> Iterable[str]:
    return (name for each in columns if "organization.name" in fields[each.name] for name in each.values)


def _language(columns: Sequence[Column], fields: dict[str, list[str]]) -> str:
    """The language of the texts: by their letters, their smallest words, and the names of the columns."""
    texts = [
        value for each in columns if set(TEXTS).intersection(fields[each.name]) for value in list(each.values)[:200]
    ]
    marked = [name.partition(".")[2] for each in fields.values() for name in each if name.partition(".")[0] in TEXTS]
    if not texts and any(marked):
        return next(filter(None, marked))
    if scripts := Counter(filter(None, map(script_of, texts))):
        language, count = scripts.most_common(1)[0]
        if count > len(texts) / 2:
            return language
    words = Counter(word for text in texts for word in re.findall(r"(?<![\w-])[^\W\d_]+(?![\w-])", text.lower()))
    counts = {language: sum(words[word] for word in small) for language, small in _WORDS.items()}
    if max(counts.values()) >= 3:
        return max(counts, key=counts.__getitem__)
    names = Counter(
        known[fold(each.name)] for each in columns for known in synonyms().values() if fold(each.name) in known
    )
    named = [language for language, _ in names.most_common() if language in _WORDS]
    return named[0] if named else "en"


def script_of(text: str) -> str | None:
    """The language whose letters most of a text is; None for Latin ones."""
    counts = {language: len(re.findall(f"[{letters}]", text)) for language, letters in _SCRIPTS.items()}
    language = max(counts, key=counts.__getitem__)
    return language if counts[language] * 2 > len(re.findall(r"[^\W\d_]", text)) else None


def _values(columns: Sequence[Column], fields: dict[str, list[str]]) -> Iterable[MappedValue]:
    """What values that are not understood may mean, by their likeness to known ones."""
    seen: set[tuple[str, str]] = set()
    for column in columns:
        for name in (each for each in fields[column.name] if each in GROUPS):
            if GROUPS[name] == "countries":
                yield from _no_countries(name, column)
            find = values.finder(name, {})
            for value in column.values:
                for part in codes_of(value, find)[1]:
                    key = (name, fold(part))
                    codes = None if key in seen or len(seen) > MAX_PROPOSED else values.likely(name, part)
                    seen.add(key)
                    if codes:
                        yield {"field": name, "value": part, "codes": list(codes)}


def _no_countries(name: str, column: Column) -> Iterable[MappedValue]:
    """Among names of countries "NA" is no Namibia."""
    if not any(countries.is_code(part) for value in column.values for part in re.findall(r"\w+", value)):
        for value in filter(countries.is_code, sorted(column.nothing)):
            yield {"field": name, "value": value, "codes": []}
