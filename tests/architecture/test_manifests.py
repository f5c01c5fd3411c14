"""A manifest is the whole contract between a service and the suite, so each word in it must lead somewhere."""

from __future__ import annotations

import fnmatch
import inspect
import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

import pytest
from marshmallow import fields, missing
from wsis_shared.bus import Composed, ServiceClient
from wsis_shared.bus.jobs import job_methods
from wsis_shared.plugin import PUBLIC, Mode, Route
from wsis_shared.schemas import Locale, Text

# Texts by language that a PUT or PATCH replaces whole.
REPLACED = {
    "notifications PUT /v1/newsletter/compositions/{issue}": "an issue is saved whole, on the version that was read",
    "stocktaking PUT /v1/me/entries/{entry}": "the content of an entry is saved whole",
    "stocktaking PUT /v1/update-calls/{call}": "the draft of a call is saved whole",
    "stocktaking PUT /v1/entry-reviews/{entry}/decision": "the content of an entry is saved whole",
    "stocktaking PUT /v1/entries/{entry}/content": "the content of an entry is saved whole",
    "consultation PATCH /v1/consultations/{edition}": "venue and theme in all languages",
    "consultation PUT /v1/consultations/{edition}/phases/{phase}": "its title in all languages",
    "consultation PUT /v1/consultations/{edition}/session-types/{type}": "its title in all languages",
    "partnerships PUT /v1/partnerships/{edition}/activities/{activity}": "in all languages",
    "partnerships PUT /v1/partnerships/{edition}/call": "in all languages",
}
_VARIABLE = re.compile(r"{(\w+)}")


def test_strings_lead_somewhere(plugin: Any) -> None:
    assert plugin.load("service").name == plugin.name
    for what in ("collections", "migrations", "template_filters", "settings", "seed", "commands", "doctor"):
        plugin.load(what)
    assert plugin.summary
    assert not plugin.summary.endswith(".")


def _clients(service: type) -> list[Any]:
    members = [value for _, value in inspect.getmembers_static(service)]
    return [value for value in members if isinstance(value, (ServiceClient, Composed))]


def _calls(plugin: Any) -> set[str]:
    """The methods that the clients of a service call, and those that its further processes call of the service."""
    calls = {call for client in _clients(plugin.load("service")) for call in client.calls}
    return calls | {f"{plugin.name}.{method}" for process in plugin.processes for method in process.calls}


def test_calls_lead_to_methods_of_others_and_are_used(plugin: Any, project: Any) -> None:
    """The rights on the broker follow from them: one too many is a right that nobody needs."""
    calls = _calls(plugin)
    providers = {
        f"{other.name}.{notification.context_provider}"
        for other in project.plugins
        for event in other.publishes
        for notification in event.notifications
    }
    code = "".join(path.read_text("utf-8") for path in (project.services[plugin.name] / "src").rglob("*.py"))
    for call in calls:
        service, _, method = call.partition(".")
        served = getattr(project.found.get(service).load("service"), method, None)
        assert getattr(served, "wsis_kind", None) in ("read", "write"), f"{plugin.name} calls {call}: no such method"
        assert call in providers or re.search(rf"\.{method}\b", code), f"{plugin.name} never calls {call}"


def test_services_call_one_another_one_way(project: Any) -> None:
    """Two that wait for each other stand still together, and neither can be understood or started alone."""
    calls = {
        plugin.name: {call.partition(".")[0] for call in _calls(plugin)} - {plugin.name} for plugin in project.plugins
    }
    assert calls["voting"] == {"prizes"}, "calls are found"
    try:
        TopologicalSorter(calls).prepare()
    except CycleError as error:
        pytest.fail(" is called by ".join(error.args[1]))


def test_nobody_but_the_gateway_gives_roles(project: Any) -> None:
    """A service that could call it under two names would do what takes two officers."""
    routes = {f"accounts.{route.handler}" for route in project.found.get("accounts").routes}
    called = {
        call for plugin in project.plugins for client in _clients(plugin.load("service")) for call in client.calls
    }
    assert "accounts.set_roles" in routes
    assert called & routes == set()


def test_routes_fit_the_methods_they_call(plugin: Any) -> None:
    service = plugin.load("service")
    wrong = []
    for route in plugin.routes:
        where = f"{route.method} {route.path} -> {route.handler}"
        served = getattr(service, route.handler, None)
        kind = getattr(served, "wsis_kind", None)
        if kind is None:
            wrong.append(f"{where}: no such entrypoint")
            continue
        wanted = "command" if route.mode is Mode.COMMAND else "write" if route.writes else "read"
        # A question with a body is no write, and a look that is noted down is one: the documentation says so.
        asks = route.method == "POST" and kind == "read" and "Changes nothing." in route.description
        notes = route.method == "GET" and kind == "write" and "Recorded." in route.description
        if kind != wanted and not asks and not notes:
            wrong.append(f"{where}: is a {kind}, must be a {wanted}")
        if route.mode is not Mode.COMMAND:
            wrong += [f"{where}: {problem}" for problem in _misfits(served, route)]
        elif sent := _always_sent(route) ^ served.wsis_arguments:
            wrong.append(f"{where}: @command and the route differ in {', '.join(sorted(sent))}")
    assert wrong == []


def _misfits(served: Any, route: Route) -> list[str]:
    parameters = list(inspect.signature(served).parameters.values())[1:]
    filters = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters)
    parameters = [parameter for parameter in parameters if parameter.kind is not parameter.VAR_KEYWORD]
    takes = {parameter.name for parameter in parameters}
    needs = {parameter.name for parameter in parameters if parameter.default is parameter.empty}
    query = route.query().fields if route.query else {}
    always = _always_sent(route) | {*(["body"] if route.body else []), *(["upload"] if route.upload else [])}
    sent = always | {field.attribute or name for name, field in query.items()}
    return [f"does not take {name}" for name in sorted(sent - takes) if not filters] + [
        f"needs {name}, which may not come" for name in sorted(needs - always)
    ]


def _always_sent(route: Route) -> set[str]:
    query = route.query().fields if route.query else {}
    return set(_VARIABLE.findall(route.path)) | {
        field.attribute or name for name, field in query.items() if field.required or field.load_default is not missing
    }


def test_jobs_are_declared_and_have_their_methods_and_titles(project: Any, plugin: Any) -> None:
    kinds = [kind.name for kind in plugin.jobs]
    assert sorted(kinds) == sorted(job_methods(plugin.load("service")))
    assert all(kind.summary for kind in plugin.jobs)
    titles = {kind: sorted(by_locale) for kind, by_locale in plugin.job_titles.items()}
    assert titles == {kind: sorted(project.locales) for kind in kinds}


def test_jobs_end_with_the_roles_that_they_were_begun_with(plugin: Any) -> None:
    """The shared part of a service cancels them where the service hands it the event (docs/add-a-service/jobs.md)."""
    follows = [dependency.method for dependency in plugin.depends_on if dependency.type == "power_changed"]
    assert not plugin.jobs or "on_power_changed" in follows
    if plugin.jobs:
        assert "end_lost_jobs" in inspect.unwrap(plugin.load("service").on_power_changed).__code__.co_names


def test_permissions_on_jobs_are_those_of_routes(plugin: Any) -> None:
    asked = {route.permission for route in plugin.routes}
    assert [kind.name for kind in plugin.jobs if kind.permission and kind.permission not in asked] == []


REACH = {"email", "telephone"}  # what reaches a person


def _fields(schema: Any) -> Iterator[str]:
    for name, field in (schema() if isinstance(schema, type) else schema).fields.items():
        yield name
        inner = getattr(field, "inner", field)
        if isinstance(inner, fields.Nested):
            yield from _fields(inner.schema)


def test_staff_leave_a_trace_where_they_read_how_to_reach_many(project: Any) -> None:
    lists = [
        route
        for plugin in project.plugins
        for route in plugin.routes
        if route.method == "GET"
        and route.response
        and route.permission != PUBLIC
        and "/me/" not in route.path
        and "items" in route.response().fields
        and REACH & set(_fields(route.response))
    ]
    assert len(lists) > 4
    own = {"list_own_nominations"}  # what the caller has typed
    assert [route.path for route in lists if not route.personal and route.handler not in own] == []


def test_routes_are_whole(plugin: Any) -> None:
    wrong = []
    reads = {route.path for route in plugin.routes if route.method == "GET"}
    for route in plugin.routes:
        where = f"{route.method} {route.path}"
        if not route.permission or not route.summary:
            wrong.append(f"{where}: permission and summary must be said")
        if route.method == "GET" and route.body:
            wrong.append(f"{where}: GET has no body")
        if route.status == 204 and route.response:
            wrong.append(f"{where}: 204 returns nothing")
        if route.status != 204 and route.mode is Mode.RPC and not route.response and route.media == "application/json":
            wrong.append(f"{where}: say what it returns")
        if route.cache and route.permission != PUBLIC:
            wrong.append(f"{where}: only what is public may be kept by anybody")
        if route.timeout > 10:
            wrong.append(f"{where}: nobody waits {route.timeout:.0f} s, make it a job")
        if route.mode is Mode.COMMAND and not _read_back(route, reads):
            wrong.append(f"{where}: location {route.location!r} must be a GET route of this plugin")
    assert wrong == []


def _read_back(route: Route, reads: set[str]) -> bool:
    shape = _VARIABLE.sub("{}", route.location)
    return "{command}" in route.location and shape in {_VARIABLE.sub("{}", path) for path in reads}


def test_permissions_are_granted_to_somebody(project: Any, plugin: Any) -> None:
    granted = [pattern for other in project.found for patterns in other.grants.values() for pattern in patterns]
    wanted = {route.permission for route in plugin.routes} - {PUBLIC}
    assert [name for name in wanted if not any(fnmatch.fnmatchcase(name, pattern) for pattern in granted)] == []


def test_a_role_grants_only_the_permissions_of_its_own_plugin(plugin: Any) -> None:
    patterns = [pattern for granted in plugin.grants.values() for pattern in granted]
    assert [
        pattern
        for pattern in patterns
        if not pattern.startswith(f"{plugin.name}:") and pattern not in {route.permission for route in plugin.routes}
    ] == []


def test_what_everybody_reads_is_cached_or_says_why_not(plugin: Any) -> None:
    public = [route for route in plugin.routes if route.method == "GET" and route.permission == PUBLIC]
    read_each_time = [route.path for route in public if not route.cache and not route.download]
    assert read_each_time == [route.path for route in plugin.routes if route.uncached]


def test_what_waits_is_in_collections_that_exist_and_has_a_route(plugin: Any) -> None:
    collections = {spec.name for spec in plugin.load("collections") or ()}
    granted = {route.permission for route in plugin.routes}
    assert [kind.code for kind in plugin.waiting if kind.collection not in collections] == []
    assert [kind.code for kind in plugin.waiting if kind.permission not in granted] == []
    codes = [kind.code for kind in plugin.waiting]
    assert len(codes) == len(set(codes))
    paths = [route.path for route in plugin.routes if route.handler == "list_waiting"]
    assert paths == ([f"/v1/waiting/{plugin.name}"] if plugin.waiting else [])
    on_desk = bool(codes) or any(page.menu.startswith("desk:") for page in plugin.pages)
    assert set(plugin.waiting_titles) == ({"service", *codes} if on_desk else set())


def test_what_waits_leads_to_a_page_of_its_plugin(plugin: Any) -> None:
    """The desk shows no link to a page that nobody serves: a wrong address would go unseen."""
    pages = {_VARIABLE.sub("{}", page.path) for page in plugin.pages}
    assert [kind.page for kind in plugin.waiting if kind.page and _VARIABLE.sub("{}", kind.page) not in pages] == []


def test_caches_are_emptied_by_events_that_exist(project: Any, plugin: Any) -> None:
    published = {f"{other.name}.{event.type}" for other in project.found for event in other.publishes}
    assert [name for route in plugin.routes for name in route.invalidated_by if name not in published] == []


def test_streams_are_fed_by_events_that_exist(project: Any, plugin: Any) -> None:
    published = {f"{other.name}.{event.type}" for other in project.found for event in other.publishes}
    streams = [route.stream for route in plugin.routes if route.stream is not None]
    named = [name for stream in streams for name in stream.events if not name.startswith("*.")]
    assert [name for name in named if name not in published] == []


def test_a_change_in_one_language_keeps_the_others(project: Any) -> None:
    """In a PATCH, and in a PUT of a part, a text by language is `Localised(change=True)`: the service merges it. Items
    of a list have no name by which they could be merged: the list is replaced."""
    changes = [
        (f"{plugin.name} {route.method} {route.path}", route.body().load_fields)
        for plugin in project.found
        for route in plugin.routes
        if route.method in ("PUT", "PATCH") and route.body is not None
    ]
    texts = [(route, field) for route, named in changes for field in _by_language(named)]
    assert {route for route, field in texts if not getattr(field, "change", False)} == set(REPLACED)
    assert any(getattr(field, "change", False) for _, field in texts)


def _by_language(named: Mapping[str, Any]) -> Iterator[Any]:
    """The texts by language in the fields of a schema, not those in the items of its lists."""
    for field in named.values():
        if isinstance(field, fields.Nested):
            yield from _by_language(field.schema.load_fields)
        elif isinstance(field, fields.Dict) and isinstance(field.key_field, Locale):
            yield from [field] * isinstance(field.value_field, Text)


def test_a_text_by_language_is_changed_on_the_revision_that_was_read(project: Any) -> None:
    """Else two who write the same language at once overwrite each other. It stands in If-Match, or in the body."""
    changing = {
        (plugin.name, route.path): route.if_match or getattr(route.body().load_fields.get("version"), "required", False)
        for plugin in project.found
        for route in plugin.routes
        if route.body is not None
        and any(getattr(field, "change", False) for field in _by_language(route.body().load_fields))
    }
    assert changing
    assert [route for route, names_it in changing.items() if not names_it] == []


def test_what_is_changed_on_a_revision_can_be_read_with_it(project: Any) -> None:
    """The document is at the path of the change, below it, or above it."""
    for plugin in project.found:
        read = [route.path for route in plugin.routes if route.method == "GET" and route.versioned]
        for route in plugin.routes:
            if route.if_match:
                assert [path for path in read if path.startswith(route.path) or route.path.startswith(path)], route.path
