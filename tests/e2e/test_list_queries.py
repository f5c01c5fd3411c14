"""Each query of each list is led by an index, sorts nothing in memory, and reads little more than it returns.

Lists are the GET routes of the manifests whose response has `items`. Each is read by its default filters and by each
filter and order of its own, after the demonstration; what the store was asked meanwhile is explained on a copy of its
databases that has many documents in each collection. Exceptions stand with their reason in the `CollectionSpec`s.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from wsis_shared.collection_specs import BUS_COLLECTIONS
from wsis_shared.mongo_connection import Client, connect
from wsis_shared.plugin import Plugin, discover
from wsis_shared.settings import Suite
from wsis_testkit import query_plans
from wsis_testkit.list_requests import LISTS, Reader

from wsis_demo.client import Person

MANY = 500  # documents of a collection
COPY = "plans_"  # prefix of the databases that are explained


@pytest.fixture(scope="module")
def store(stage: Any) -> Iterator[Client]:
    """The store, by the user who may profile it; its moments may be beyond those of Python."""
    uri = stage.environment["WSIS_MONGO_URI"]
    with connect(uri, stable=False, datetime_conversion="DATETIME_CLAMP") as client:
        yield client
        for plugin in discover():
            client.drop_database(COPY + plugin.name)


def test_each_query_of_each_list_is_led_by_an_index(
    stage: Any, demo: Any, officer: Person, people: Any, new_webhook: Any, new_consultation: Any, store: Client
):
    prefix = Suite.load(stage.environment).mongo_prefix
    plugins = [plugin for plugin in discover() if plugin.collections]
    databases = {plugin.name: store[prefix + plugin.name] for plugin in plugins}
    drafts = f"{new_consultation('2096').path}/drafts"
    draft = officer.post(drafts, {"answers": {"full_name": "Eve"}})["draft"]
    places = {"/v1/consultations/{edition}/drafts/{draft}/similar": f"{drafts}/{draft}/similar"}
    reader = Reader(demo.edition, [officer, people.with_role("juror"), people.with_role("agency")], places)
    new_webhook(types=["prizes.nominees_published"])  # those of the demonstration are gone
    officer.post("/v1/entries", {"content": {}})  # of one's own
    officer.post("/v1/update-calls", {"text": {"en": "Is it still correct?"}, "deadline": "2099-12-31"})
    asked: list[tuple[datetime, str, dict[str, Any]]] = []
    refused = []
    with query_plans.profiled(databases.values()):
        # Those above give the ids for those below.
        for path, route in sorted(LISTS.items(), key=lambda item: item[0].count("{")):
            for address, query in reader.requests(route):
                asked.append((datetime.now(UTC), path, query))
                status, _ = reader.read(address, **query)
                if status != 200:
                    refused.append((path, query, status))
    found = [fault for plugin in plugins for fault in _faults(store, plugin, databases[plugin.name], asked)]
    assert refused == []
    assert "\n".join(found) == ""


def _faults(store: Client, plugin: Plugin, db: query_plans.Db, asked: list[tuple[datetime, str, Any]]) -> Iterator[str]:
    """What is wrong with the queries of a service, with the last list that was asked for when each came."""
    found = [(query_plans.collection_of(command), moment, command) for moment, command in query_plans.queries(db)]
    specs = {spec.name: spec for spec in (*BUS_COLLECTIONS, *plugin.load("collections"))}
    read = {name for name, _, _ in found}
    assert read <= specs.keys()
    target = store[COPY + plugin.name]
    query_plans.multiply(db, target, [specs[name] for name in sorted(read)], MANY)
    told = set()
    every = [(*one, False) for one in found]
    every += [
        (name, at, rare, True)
        for name, at, command in found
        for rare in query_plans.with_rare_values(command, specs[name])
    ]
    different = {(one[3], query_plans.ageless(one[2])): one for one in every}
    for name, moment, command, rare in different.values():
        faults = query_plans.explain(store, target, command).faults(specs[name], rare=rare)
        if faults and (name, shape := query_plans.shape(command)) not in told:
            told.add((name, shape))
            at = [(path, query) for begun, path, query in asked if begun <= moment]
            yield f"{plugin.name}.{name} {'; '.join(faults)}: {command} ({at[-1:]})"
