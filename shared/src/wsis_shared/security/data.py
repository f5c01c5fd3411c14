"""Collections: the level of their data, what an erasure does to them, and when the store deletes their documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from wsis_shared.security import SHARED, Installed, Part
from wsis_shared.security.tables import codes, section, table

if TYPE_CHECKING:
    from wsis_shared.collection_specs import CollectionSpec

LEVELS = ("secret", "ballot", "personal", "internal", "public")
# Levels of which nothing is about a person.
IMPERSONAL = ("internal", "public")
DELETES, CLEARS, EXPIRES, KEEPS = ERASURES = ("deletes", "clears", "expires", "keeps")
_UNITS = (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))


def erasures(part: Part) -> dict[str, str]:
    """Collection -> what an erasure does to it, of those that may hold a person."""
    return {name: said["erasure"] for name, said in part.of("collections").items() if "erasure" in said}


def write(part: Part, _suite: Installed) -> str:
    """The section."""
    said, rules = part.of("collections"), part.of("erasure")
    rows = [_row(spec, said.get(spec.name, {})) for spec in specs(part)]
    erased = [
        (each, codes(sorted(name for name, its in erasures(part).items() if its == each)), rules.get(each, ""))
        for each in ERASURES
        if each in erasures(part).values()
    ]
    return section(
        "Data",
        table(("collection", "level", "expires", "when it is gone"), sorted(rows)),
        table(("an erasure", "collections", "rule"), erased),
    )


def problems(part: Part, _suite: Installed) -> Iterator[str]:
    """What is missing, or is there without its collection."""
    said, declared = part.of("collections"), {spec.name: spec for spec in specs(part)}
    for name in said.keys() - declared:
        yield f"collections: no collection is called {name}"
    for name, spec in declared.items():
        yield from (f"collections: {name}: {problem}" for problem in _problems(spec, said.get(name, {})))
    used = {*erasures(part).values()}
    for each in used - {DELETES} - part.of("erasure").keys():
        yield f"erasure: {each}: by which rule?"
    for each in part.of("erasure").keys() - used:
        yield f"erasure: {each}: no collection has it"


def specs(part: Part) -> tuple[CollectionSpec, ...]:
    """The collections of a part: those of every service belong to `shared`."""
    if part.name == SHARED:
        from wsis_shared.collection_specs import BUS_COLLECTIONS  # noqa: PLC0415 -- the gateway's image has no pymongo

        return BUS_COLLECTIONS
    return tuple(part.plugin.load("collections") or ()) if part.plugin else ()


def _row(spec: CollectionSpec, said: Mapping[str, str]) -> tuple[str, ...]:
    times = ", ".join(
        f"{_time(after)} after `{field}`" if after else f"at `{field}`" for field, after in spec.expiries.items()
    )
    return f"`{spec.name}`", said.get("level", ""), times, said.get("ends", "")


def _problems(spec: CollectionSpec, said: dict[str, object]) -> Iterator[str]:
    level, erasure = said.get("level"), said.get("erasure")
    if unknown := said.keys() - {"level", "erasure", "ends"}:
        yield f"unknown: {', '.join(sorted(unknown))}"
    if level not in LEVELS:
        yield f"level: one of {', '.join(LEVELS)}"
    elif level in IMPERSONAL:
        if erasure:
            yield f"erasure: what is {level} holds nobody"
    elif erasure not in ERASURES:
        yield f"erasure: one of {', '.join(ERASURES)}"
    if erasure == EXPIRES and not spec.expiries:
        yield "erasure: it says that the store deletes the documents, and no index does"
    if spec.expiries and not said.get("ends"):
        yield "ends: what does it mean that a document has expired?"
    if level == "secret" and not said.get("ends"):
        yield "ends: how does the secret end?"


def _time(seconds: int) -> str:
    unit, size = next((unit, size) for unit, size in _UNITS if seconds % size == 0)
    count = seconds // size
    return f"{count} {unit}" + ("s" if count > 1 else "")
