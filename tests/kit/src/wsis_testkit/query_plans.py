"""How the store finds what a service asks for: the queries that its profiler saw, explained on many documents."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import bson
from bson import ObjectId
from pymongo.database import Database
from pymongo.errors import BulkWriteError
from wsis_shared.collection_specs import CollectionSpec
from wsis_shared.mongo_connection import Client

Db = Database[dict[str, Any]]
Command = dict[str, Any]

PROFILE_BYTES = 32 << 20
READS = ("find", "aggregate", "count", "distinct")
# What makes a query; the rest of a command is of its session.
_QUERY = {*READS, "filter", "query", "pipeline", "sort", "projection", "limit", "skip", "key", "cursor"}
SPARE = 50  # documents that any query may examine in vain
WASTE = 10  # documents that it may examine for each that it returns


@contextmanager
def profiled(databases: Iterable[Db]) -> Iterator[None]:
    """The store remembers each command on these databases; `queries` reads them."""
    databases = list(databases)
    for db in databases:
        db.command("profile", 0)
        db.drop_collection("system.profile")
        db.create_collection("system.profile", capped=True, size=PROFILE_BYTES)
        db.command("profile", 2)
    try:
        yield
    finally:
        for db in databases:
            db.command("profile", 0)


def queries(db: Db) -> Iterator[tuple[datetime, Command]]:
    """When each query since `profiled` ended, and the query, as far as the store kept it whole."""
    for row in db["system.profile"].find({"op": {"$in": ["query", "command"]}}):
        command = row["command"]
        name = collection_of(command)
        if name and not name.startswith("system.") and "$truncated" not in command:
            yield row["ts"], {key: value for key, value in command.items() if key in _QUERY}


def collection_of(command: Command) -> str:
    """The collection that a query reads; empty for any other command."""
    return next((str(command[name]) for name in READS if name in command), "")


def with_rare_values(command: Command, spec: CollectionSpec) -> Iterator[Command]:
    """The query for a code that no document has, one at a time: its cost does not depend on how many have one. A code
    that a partial index is for stays."""
    fixed = [m.document["partialFilterExpression"] for m in spec.indexes if "partialFilterExpression" in m.document]
    stages = [("pipeline", place) for place, stage in enumerate(command.get("pipeline", ())) if "$match" in stage]
    for name, place in [("filter", None), ("query", None), *stages]:
        found = command.get(name) or {} if place is None else command[name][place]["$match"]
        for field, value in found.items():
            if isinstance(value, str) and not field.startswith("$") and all(each.get(field) != value for each in fixed):
                other = copy.deepcopy(command)
                (other[name] if place is None else other[name][place]["$match"])[field] = f"no {value}"
                yield other


def shape(value: Any) -> Any:
    """The same for queries that differ in values alone."""
    if isinstance(value, Mapping):
        return tuple((key, shape(each)) for key, each in value.items())
    if isinstance(value, list):
        return tuple(dict.fromkeys(shape(each) for each in value))
    return value if isinstance(value, str) and value.startswith("$") else type(value).__name__


def ageless(value: Any) -> Any:
    """The same for queries that differ in moments alone."""
    if isinstance(value, Mapping):
        return tuple((key, ageless(each)) for key, each in value.items())
    if isinstance(value, list):
        return tuple(map(ageless, value))
    return "a moment" if isinstance(value, datetime) else repr(value)


def multiply(source: Db, target: Db, specs: Iterable[CollectionSpec], count: int) -> None:
    """Fill `target` with `count` documents in each collection that has any in `source`: copies with other ids."""
    target.client.drop_database(target.name)
    for spec in specs:
        if spec.indexes:
            target[spec.name].create_indexes(list(spec.indexes))
        rows = [bson.encode(row) for row in source[spec.name].find(limit=count)]
        unique = ["_id", *(list(m.document["key"])[-1] for m in spec.indexes if m.document.get("unique"))]
        copies = [
            _other(bson.decode(rows[number % len(rows)], source.codec_options), unique, number // len(rows))
            for number in range(count if rows else 0)
        ]
        with suppress(BulkWriteError):  # a key that no change made another one
            if copies:
                target[spec.name].insert_many(copies, ordered=False)


def _other(made: dict[str, Any], fields: Iterable[str], number: int) -> dict[str, Any]:
    for path in fields if number else ():
        *above, last = path.split(".")
        holders = [made]
        for name in above:
            holders = [each for holder in holders for each in _list(holder.get(name)) if isinstance(each, dict)]
        for holder in holders:
            if last in holder:
                holder[last] = _changed(holder[last], number)
    return made


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _changed(value: Any, number: int) -> Any:
    if isinstance(value, ObjectId):
        return ObjectId()
    if isinstance(value, bytes):
        return value + str(number).encode()
    if isinstance(value, datetime):
        return value - timedelta(milliseconds=number)
    if isinstance(value, Mapping):
        *_, last = value
        return {**value, last: _changed(value[last], number)}
    if isinstance(value, list):
        return [_changed(each, number) for each in value]
    return value + 10_000_000 * number if isinstance(value, int | float) else f"{value}~{number}"


@dataclass(frozen=True)
class Plan:
    """What the store does for a query."""

    stages: frozenset[str]
    indexes: frozenset[str]
    examined: int
    returned: int

    def faults(self, spec: CollectionSpec, *, rare: bool = False) -> list[str]:
        """What would grow with the collection; nothing where the declaration says why few documents are read. For rare
        values another index may be better than that of the order."""
        if spec.small:
            return []
        if "COLLSCAN" in self.stages:
            return ["reads the whole collection"]
        if self.indexes and self.indexes <= set(spec.few):
            return []
        wasted = self.examined > WASTE * self.returned + SPARE
        return [
            *(["sorts in memory"] if not rare and self.stages & {"SORT", "$sort"} else []),
            *([f"examines {self.examined} documents for {self.returned}"] if wasted else []),
        ]


def explain(client: Client, db: Db, command: Command) -> Plan:
    """The plan by which the store runs a query, and what it reads."""
    asked = {"explain": command, "verbosity": "executionStats", "apiVersion": "1", "apiStrict": True}  # as services ask
    told = db.command(asked, codec_options=client.codec_options)
    nodes = list(_nodes(told))
    winning = [node for plan in nodes if "winningPlan" in plan for node in _nodes(plan["winningPlan"])]
    done = [node["executionStats"] for node in nodes if "executionStats" in node]
    return Plan(
        stages=frozenset(node["stage"] for node in winning if isinstance(node.get("stage"), str))
        | frozenset(key for node in _nodes(told.get("stages", [])) for key in node if key.startswith("$")),
        indexes=frozenset(node["indexName"] for node in winning if "indexName" in node),
        examined=sum(stats["totalDocsExamined"] for stats in done),
        returned=sum(stats["nReturned"] for stats in done),
    )


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, Mapping):
        yield dict(value)
        for each in value.values():
            yield from _nodes(each)
    elif isinstance(value, list):
        for each in value:
            yield from _nodes(each)
