"""Says what an event that leaves the suite must not contain: personal data, votes, what is under embargo.

`findings(envelope)` judges by the names of fields and the form of values. `findings(envelope, known)` also looks for
texts that must not leave: addresses, names and account ids of people, titles of winners before their release.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

# Words in names of fields. "accounts" and "account" are removed by the log; the others have no place in a schema.
PERSONAL = {
    "account",
    "accounts",
    "email",
    "mail",
    "phone",
    "telephone",
    "fax",
    "contact",
    "person",
    "people",
    "names",
    "firstname",
    "lastname",
    "surname",
    "gender",
    "birth",
    "birthday",
    "password",
    "secret",
    "token",
    "ip",
    "address",
    "voter",
    "voters",
    "actor",
    "submitter",
    "author",
    "owner",
    "juror",
    "traceparent",
    "requestid",
}
# What a voter chose, and how projects stand against each other.
SECRET = {"choice", "choices", "vote", "ballot", "rank", "ranks", "ranking", "score", "scores", "points"}
RELEASED = {"winner": "winners_announced", "winners": "winners_announced"}  # word -> the one event that may have it
ADDRESS = re.compile(r"[^\s@<>\"]+@[^\s@<>\"]+\.[^\s@<>\"]+")
_WORDS = re.compile(r"[a-z]+")


def findings(envelope: Mapping[str, Any], known: Iterable[str] = ()) -> list[str]:
    """What is wrong, in words; [] for an event that may leave."""
    event = envelope["type"].split(".")[-2]
    wrong = []
    texts: list[str] = []
    for path, value in _leaves({name: item for name, item in envelope.items() if name != "type"}):
        for word in {word for name in path for word in _WORDS.findall(name.lower())}:
            if word in PERSONAL or word in SECRET or RELEASED.get(word, event) != event:
                wrong.append(f"{envelope['type']}: field {'.'.join(path)}")
        if isinstance(value, str):
            texts.append(value.casefold())
            if ADDRESS.search(value):
                wrong.append(f"{envelope['type']}: a mail address in {'.'.join(path)}")
    for secret in known:
        if secret and any(secret.casefold() in text for text in texts):
            wrong.append(f"{envelope['type']}: a text that must not leave")
    return sorted(set(wrong))


def fields_of(schema: Mapping[str, Any], components: Mapping[str, Any], seen: tuple[str, ...] = ()) -> Iterator[Any]:
    """A value for each field of a JSON Schema, also of those that the example leaves out: (name, value)."""
    reference = schema.get("$ref")
    if reference and reference not in seen:
        yield from fields_of(components[reference.rpartition("/")[2]], components, (*seen, reference))
    for part in (*schema.get("anyOf", ()), *schema.get("allOf", ()), schema.get("items", {})):
        if part:
            yield from fields_of(part, components, seen)
    for name, inner in schema.get("properties", {}).items():
        yield name, dict(fields_of(inner, components, seen)) or None


def _leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _leaves(item, (*path, str(name)))
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, path)
    else:
        yield path, value
