"""Which column is which field: by name and synonym in seven languages, and by what its values say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache

from wsis_shared.mapping import dates
from wsis_shared.mapping.column import Column
from wsis_shared.mapping.names import language_mark, likeness, names_of
from wsis_shared.mapping.values import codes_of
from wsis_shared.mapping.words import fold

from wsis_stocktaking.imports.rules.mapping import derived, marks, values
from wsis_stocktaking.imports.rules.mapping.fields import DATES, GROUPS, LISTS, PAIRS, SINGLE, TEXTS
from wsis_stocktaking.imports.rules.mapping.names import synonyms
from wsis_stocktaking.imports.rules.mapping.words import folded

LEAST, BY_VALUES = 45.0, 0.75  # the score of a proposal; the share of values that makes one without a name
BY_NAMES = 0.4  # the share of names of organizations that makes a column one of theirs
ASKED = ("organization.type", "status")
_SHORT = 40  # letters of a value that can be one of a list
FEW = 12  # different values that a person can be asked about
_NAMED = ("last_updated_at", "organization.country", "organization.website")
_SURE = 95  # of a name to a synonym
_END_OF_PERIOD = 97.0
_GOALS, _OF_GOALS = frozenset(("sdg", "sdgs", "odd", "ods", "цур")), 70.0  # one of them among other words

_GROUPED = re.compile(r"\d[,'’ \u00a0]\d{3}(?!\d)")  # "1,250,000.00" is no list of goals
_TIME = re.compile(r"(?<!\d)(?!0?0:00(?::00)?(?!\d))\d{1,2}:\d{2}(?!\d)")  # of a form that was sent, not of an activity
_BRACKET = re.compile(r"[(（\[].*")


_COMBINED = {
    frozenset(("organization.name", "countries")): ("organization.name", "organization.country"),
    frozenset(("start_date", "end_date")): ("start_date", "end_date"),
    frozenset(("contact.name", "contact.email")): ("contact.name", "contact.email"),
    frozenset(("countries", "regions")): ("countries",),
}
"""What the parts of a name say, and the fields that its column has then. Countries may be regions."""


Reads = Callable[[str], bool]


@cache
def _readers() -> dict[str, Reads]:
    """By field: is a value one of it?"""

    def coded(name: str) -> Reads:
        find = values.finder(name, {})
        return lambda value: bool(codes_of(value, find)[0])

    def guessed(name: str) -> Reads:
        known = coded(name)
        return lambda value: known(value) or values.likely(name, value) is not None

    def whole(name: str) -> Reads:
        find = values.finder(name, {})
        return lambda value: codes_of(value, find)[1] == [] != codes_of(value, find)[0]

    found = {name: coded(name) for name in GROUPS}
    found |= {f"{name}!": whole(name) for name in GROUPS}
    found |= {f"{name}?": guessed(name) for name in SINGLE}
    goals = found["sdgs"]
    found["sdgs"] = lambda value: not _GROUPED.search(value) and goals(value)
    found |= {name: lambda value: dates.period(value) is not None for name in DATES}
    found["start_date"] = lambda value: not _TIME.search(value) and dates.period(value) is not None
    found["end_date"] = lambda value: (
        not _TIME.search(value) and (dates.period(value) is not None or dates.is_open(value))
    )
    found |= {name: lambda value: bool(values.links_of(value)) for name in ("links", "organization.website")}
    return found | {"contact.email": lambda value: "@" in value}


def fit(column: Column, name: str) -> float | None:
    """The share of the values of a column that a field can have; None for a field of words."""
    reads = _readers().get(name)
    if reads is None:
        return None
    sample = column.sample()
    return sum(map(reads, sample)) / len(sample) if sample else 0.0


def _likeness(column: Column, name: str) -> float:
    like = _likeness_of_name(column.name, name)
    return max(like, _END_OF_PERIOD) if name in DATES and _is_end_of_period(column.name, name) else like


@lru_cache(maxsize=4096)  # each is asked for several times in a proposal
def _likeness_of_name(column: str, field: str) -> float:
    like = likeness(column, synonyms()[field])
    return max(like, _OF_GOALS) if field == "sdgs" and not _GOALS.isdisjoint(fold(column).split()) else like


def _is_end_of_period(column: str, name: str) -> bool:
    """Is it one end of a period, as "Duration from", "Período: hasta"?"""
    words, known = fold(column).split(), synonyms()
    ends = {" ".join(words[1:]): words[0], words[-1]: " ".join(words[:-1])} if len(words) > 1 else {}
    return any(end in known[name] and period in known["period"] for end, period in ends.items())


def propose(columns: Sequence[Column]) -> dict[str, list[str]]:
    """By column the fields that it seems to have."""
    columns = [column for column in columns if column.name]
    marked = matrix_of(columns)
    found: dict[str, list[str]] = {
        column.name: [marked[column.name][0]] if column.name in marked else _combined(column) for column in columns
    }
    taken = {name for fields in found.values() for name in fields if name not in LISTS}
    scores = sorted(
        ((score, -place, name) for place, column in enumerate(columns) for name, score in _scores(column)), reverse=True
    )
    for _, place, name in scores:
        column = columns[-place]
        if found[column.name] or not (wanted := _free(_named(column, name), taken)):
            continue
        if name in LISTS and not _likeness(column, name) and any(name in fields for fields in found.values()):
            continue  # values alone make no second column of a field
        found[column.name] = wanted
        taken |= {each for each in wanted if each not in LISTS}
    _add_pairs(columns, found, taken)
    _add_organizations(columns, found, taken)
    _add_texts(columns, found, taken)
    return found


def matrix_of(columns: Sequence[Column]) -> dict[str, tuple[str, str]]:
    """The columns whose cells only mark that their name is meant, with its field and value; one that nobody marked yet
    beside others of its field too."""
    found = marks.matrix(column.name for column in columns if column.is_marked or not column.filled)
    fields = {found[column.name][0] for column in columns if column.is_marked and column.name in found}
    return {name: said for name, said in found.items() if said[0] in fields}


def _combined(column: Column) -> list[str]:
    """The fields of a column whose name says two: "Organization, country", "Start - end"."""
    for wanted, fields in _COMBINED.items():
        name = _BRACKET.sub("", column.name) if wanted <= set(DATES) else column.name  # "End (month/year)" is one
        parts = names_of(name)[1:]
        said = {name for name in synonyms() for part in parts if part in synonyms()[name]}
        if len(parts) > 1 and wanted <= said:
            has_places = sum(values.with_place(value)[1] is not None for value in column.sample())
            if "organization.name" not in fields or has_places * 2 > len(column.sample()):
                return list(fields)
    return []


def _scores(column: Column) -> Iterable[tuple[str, float]]:
    if _only_counts(column):
        return
    plain = fold(column.name)
    exact = [name for name, known in synonyms().items() if plain in known and fit(column, name)]
    for name in synonyms():
        if exact and name not in exact and (_likeness(column, name) or len(exact) == 1):
            continue  # the whole name of another field, which its values have too, only looks like this one
        if name in ASKED and name not in exact and plain in synonyms()["description"]:
            continue  # a description in a second language is no type
        score = _score(column, name)
        if exact == [name]:
            score = max(score, LEAST)
        if score >= LEAST:
            yield name, score


def _score(column: Column, name: str) -> float:
    like, share = (
        _likeness(column, name),
        fit(column, PAIRS.get(name, (name,))[0] if name == "period" else name),
    )
    if name == "import_key":
        is_key = column.is_distinct and column.filled and column.length <= 40
        return 0.9 * like if is_key else 0.0
    if share is None:
        has_types = name == "organization.name" and (fit(column, "organization.type") or 0.0) >= BY_VALUES
        return (0.6 if has_types else 0.9) * like  # "The entity is"
    if not column.filled:
        return 0.6 * like
    if like and name in SINGLE:
        share = max(share, fit(column, f"{name}?") or 0.0)
    if like >= _SURE and column.length < 60 and _is_asked(column, name, share):
        return max(LEAST, 24.0 + 0.76 * like * share)  # its other values are asked about, not replaced by one
    if like:
        return 0.6 * like * (0.4 + 0.6 * share) + 40.0 * share
    is_named = name in (
        "last_updated_at",
        "organization.country",
        "organization.website",
    )  # values alone do not tell these
    if name in ASKED and len(column.values) <= FEW and column.length < _SHORT:
        share = max(share, fit(column, f"{name}?") or 0.0)  # a person is asked about the others
    else:
        share = share if name not in GROUPS else fit(column, f"{name}!") or 0.0
    may_be = not column.is_numeric and column.length < 200 and not is_named
    return 62.0 * share if may_be and share >= BY_VALUES else 0.0


def _only_counts(column: Column) -> bool:
    """Does a column number the rows of this file, and say nothing of them? "Project ID" and "Goal" do."""
    if not column.is_running or not folded("identifiers").isdisjoint(fold(column.name).split()):
        return False
    like = {name: _likeness(column, name) for name in synonyms()}
    return 0 < like["import_key"] == max(like.values())


def _is_asked(column: Column, name: str, share: float) -> bool:
    """Is a column with a sure name taken whatever its values are? Nobody guesses who runs what, and how far it is."""
    if share == 0 and sum(not names.keys().isdisjoint(names_of(column.name)) for names in synonyms().values()) > 1:
        return False  # "Type" may be that of the activity, or of the organization
    is_few = len(column.values) <= FEW
    return name in ASKED or (name in SINGLE and (is_few or (share > 0 and not column.is_distinct)))


def _named(column: Column, name: str) -> list[str]:
    """The fields of a column that is like a name: a pair, or a text in the language that its name says."""
    if name in PAIRS:
        return list(PAIRS[name])
    if name in TEXTS and (language := language_mark(column.name)):
        return [f"{name}.{language}"]
    return [name]


def _free(wanted: list[str], taken: set[str]) -> list[str]:
    is_text = wanted[0].partition(".")[0] in TEXTS
    return [] if is_text and wanted[0] in taken else [each for each in wanted if each not in taken]


def _add_pairs(columns: Sequence[Column], found: dict[str, list[str]], taken: set[str]) -> None:
    """A second field of a column: the country of "Organization, country", the end of "2014-2016"."""
    for column in columns:
        fields, sample = found[column.name], column.sample()
        if not sample:
            continue
        if fields == ["organization.name"] and "organization.country" not in taken:
            if sum(values.with_place(value)[1] is not None for value in sample) > len(sample) / 2:
                fields.append("organization.country")
                taken.add("organization.country")
        elif fields == ["start_date"] and "end_date" not in taken and not dates.are_fiscal(column.values):
            spans = [dates.period(value) for value in sample]
            if sum(bool(span and span[1]) for span in spans) > len(sample) / 4:
                fields.append("end_date")
                taken.add("end_date")


def _add_organizations(columns: Sequence[Column], found: dict[str, list[str]], taken: set[str]) -> None:
    """Whose activities they are where no name says it: the column with the most names of organizations, else the one
    before that of their types."""
    if "organization.name" in taken:
        return
    free = [place for place, each in enumerate(columns) if not found[each.name] and _may_name(each)]
    shares = [(_share_of_organizations(columns[place]), -place) for place in free]
    share, place = max(shares, default=(0.0, 0))
    before = [place for place in free if found[columns[(place + 1) % len(columns)].name] == ["organization.type"]]
    if share < BY_NAMES and not before:
        return
    found[columns[-place if share >= BY_NAMES else before[0]].name] = ["organization.name"]
    taken.add("organization.name")


def _may_name(column: Column) -> bool:
    return bool(column.filled) and not column.is_numeric and not column.is_marked and column.length < 100


def _share_of_organizations(column: Column) -> float:
    sample = [value for value in column.sample() if "@" not in value]
    return sum(derived.type_of(value) is not None for value in sample) / max(1, len(column.sample()))


def _add_texts(columns: Sequence[Column], found: dict[str, list[str]], taken: set[str]) -> None:
    """A title and a description where no name says which column they are: by the length of their texts. Without any
    description the title stands for it."""
    free = [each for each in columns if not found[each.name] and each.filled and not each.is_numeric]
    has = {name: any(each.partition(".")[0] == name for each in taken) for name in TEXTS}
    if not has["title"]:
        titles = [each for each in free if 8 <= each.length <= 150 and len(each.values) > 0.7 * each.filled]
        if titles:
            found[titles[0].name] = ["title"]
            free.remove(titles[0])
    if not has["description"]:
        long = [each for each in free if each.length > 60]
        if long:
            found[max(long, key=lambda each: each.length).name] = ["description"]
            return
        for fields in found.values():
            fields += [each.replace("title", "description") for each in fields if each.partition(".")[0] == "title"]
