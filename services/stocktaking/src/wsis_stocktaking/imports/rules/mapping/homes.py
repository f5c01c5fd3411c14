"""The country of a whole register that no column says: by the domains of its addresses ("www.icta.go.ke") and by the
names of its organizations ("Université du Sénégal"). Proposed, and confirmed by a person."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from wsis_shared import reference
from wsis_shared.mapping.column import Column
from wsis_shared.mapping.vocabulary import of
from wsis_shared.mapping.words import fold

from wsis_stocktaking.imports.rules.mapping import derived, values

_LEAST, _OF_ALL, _SHORT = 2, 5, 3  # signs of a country; how many more others there may be; letters of a code
_ADDRESSES = ("links", "organization.website", "contact.email")
_HOST = re.compile(r"(?:[\w-]{1,63}\.){1,8}([a-z]{2})(?=[/:?#]|\Z)")
_OFFICIAL = re.compile(r"\b(?:gov|gob|gouv|gub|go|govt|mil)\.[a-z]{2}\Z")
_SECOND = re.compile(r"\b(?:gov|gob|com|edu|org|net|ac|mil)\.[a-z]{2}\Z")
_SOLD = frozenset(
    ("ac", "ai", "cc", "co", "fm", "gg", "im", "io", "is", "la", "ly", "me", "sh", "st", "to", "tv", "ws")
)
"""Domains of countries that people everywhere use: "meet.me" is not of Montenegro."""


def country_of(columns: Sequence[Column], fields: Mapping[str, Sequence[str]]) -> str | None:
    """The country that most of what names one names; None where too little does, or the register is of an
    international organization."""
    names = _values(columns, fields, ("organization.name",))
    if derived.commonest_type(names) == "international_organization":
        return None
    hosts = set(filter(None, map(_host, _values(columns, fields, _ADDRESSES))))
    signs = Counter(code for code in (*map(_of_host, hosts), *map(_of_name, names)) if code)
    official = {_of_host(host) for host in hosts if _OFFICIAL.search(host)}
    for code, count in signs.most_common(1):
        is_enough = count >= _LEAST or code in official
        if is_enough and count * 3 >= signs.total() * 2 and count * _OF_ALL >= len(hosts) + len(names):
            return code
    return None


def _values(columns: Sequence[Column], fields: Mapping[str, Sequence[str]], wanted: Iterable[str]) -> list[str]:
    return [value for each in columns if set(wanted).intersection(fields[each.name]) for value in each.sample()]


def _host(value: str) -> str | None:
    """The host of the first address in a cell, also that of an email address."""
    site = next(iter(values.links_of(value.rpartition("@")[2])), "")
    return re.split("[/:?#]", site.partition("://")[2])[0].lower().removeprefix("www.") or None


def _of_host(host: str) -> str | None:
    found = _HOST.match(host)
    if found is None or (found[1] in _SOLD and not _SECOND.search(host)):
        return None
    code = {"uk": "GB"}.get(found[1], found[1].upper())
    return code if reference.is_country(code) else None


def _of_name(name: str) -> str | None:
    """The one country whose name stands in another name."""
    words = fold(name).split()
    runs = (" ".join(words[start:end]) for start in range(len(words)) for end in range(start + 1, start + 4))
    known = of("countries").codes
    found = {known[run][0] for run in runs if run in known and len(run) > _SHORT}
    return found.pop() if len(found) == 1 else None
