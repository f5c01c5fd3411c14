"""What waits is counted by an index, however many documents a collection has, and the desk leads to all of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from pymongo import IndexModel
from wsis_shared import mongo
from wsis_shared.collection_specs import CollectionSpec, ensure_indexes
from wsis_shared.mongo_connection import connect
from wsis_shared.plugin import Plugin, discover
from wsis_shared.schemas import LOCALES
from wsis_shared.settings import Suite
from wsis_shared.waiting.repository import WaitingDocuments
from wsis_testkit import query_plans
from wsis_testkit.pages import Pages

PLUGINS = [plugin for plugin in discover() if plugin.waiting]
MANY = 500  # documents of a collection, none of which waits
SMALL = {"editions", "signed_results"}  # one for each edition


def _is_partial(model: IndexModel) -> bool:
    return "partialFilterExpression" in model.document


def _settled(spec: CollectionSpec, number: int) -> dict[str, Any]:
    """A document with other values in all indexes, but in those that are of what waits alone."""
    apart = {key for model in spec.indexes if _is_partial(model) for key in model.document["partialFilterExpression"]}
    made: dict[str, Any] = {"_id": f"no {number}"}
    for model in spec.indexes:
        for path in () if _is_partial(model) else model.document["key"]:
            *above, last = path.split(".")
            holder = made
            for name in above:
                holder = holder.setdefault(name, {})
            if path not in apart:
                holder[last] = f"no {number}"
    return made


def _faults(plugin: Plugin, environment: Mapping[str, str]) -> list[str]:
    db = mongo.database(f"waits_{plugin.name}")
    specs = {spec.name: spec for spec in plugin.load("collections")}
    ensure_indexes(db, specs.values())
    for name in {kind.collection for kind in plugin.waiting}:
        db[name].insert_many([_settled(specs[name], number) for number in range(MANY)])
    with connect(Suite.load(environment).mongo_uri, stable=False) as client:
        profiled = client[db.name]
        with query_plans.profiled([profiled]):
            for kind in plugin.waiting:
                WaitingDocuments(db, ()).counted(kind)
        asked = [command for _, command in query_plans.queries(profiled)]
        assert len(asked) >= len(plugin.waiting)
        # Few wait, and those may be sorted: what counts is how many others are read.
        return [
            f"{fault}: {command}"
            for command in asked
            if query_plans.collection_of(command) not in SMALL
            for fault in query_plans.explain(client, profiled, command).faults(
                specs[query_plans.collection_of(command)], rare=True
            )
        ]


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: plugin.name)
def test_what_waits_is_counted_by_an_index(plugin: Plugin, environment: dict[str, str]) -> None:
    assert _faults(plugin, environment) == []


@pytest.mark.parametrize("language", LOCALES)
def test_the_desk_leads_to_each_kind_of_what_waits(language: str) -> None:
    at = "2017-03-01T12:00:00Z"
    rows = {
        plugin.name: [
            {
                "code": kind.code,
                "title": plugin.waiting_titles[kind.code][language],
                "count": 3,
                "oldest_at": at,
                "page": re.sub(r"\{\w+\}", "1", kind.page),
            }
            for kind in plugin.waiting
        ]
        for plugin in PLUGINS
    }
    pages = Pages({f"{name}.list_waiting": {"items": items} for name, items in rows.items()}, *rows)
    links = pages.sign_in("officer").get(f"/{language}/desk").all("//ul[@class='queues']//a")
    assert {(link.get("href"), link.text) for link in links} == {
        (f"/{language}{row['page']}", row["title"]) for items in rows.values() for row in items
    }
