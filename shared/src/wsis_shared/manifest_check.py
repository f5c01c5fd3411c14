"""What `wsis check` finds in a manifest: each object that it names must exist and fit the others."""

from __future__ import annotations

from collections.abc import Iterable
from string import Formatter

from marshmallow import Schema
from wsis_shared.operations import SUPPLIED
from wsis_shared.plugin import Plugin
from wsis_shared.resources import load_object

NAMED = ("service", "collections", "migrations", "settings", "seed", "template_filters", "commands", "doctor")
DEFERRED = ("jobs", "pages", "panels", "waiting")  # routes are loaded before


def problems_of(plugin: Plugin) -> list[str]:
    """What is wrong with the manifest, a line each."""
    found = []
    for name in NAMED:
        try:
            plugin.load(name)
        except (ImportError, AttributeError, NameError, ValueError) as error:
            found.append(f"{name}: {error}")
    for name in DEFERRED:
        try:
            tuple(getattr(plugin, name))
        except Exception as error:  # noqa: BLE001 -- whatever its module raises is what has to be said
            found.append(f"{name}: {type(error).__name__}: {error}")
    for selection in plugin.selects:
        try:
            selection.events([plugin])
        except Exception as error:  # noqa: BLE001 -- whatever the function raises is what has to be said
            found.append(f"selects {selection.handler}: {type(error).__name__}: {error}")
    for process in plugin.processes:
        try:
            process.load("run")
            process.load("settings")
        except (ImportError, AttributeError) as error:
            found.append(f"process {process.name}: {error}")
    for item in plugin.reference:
        try:
            item.load()
        except Exception as error:  # noqa: BLE001 -- whatever the function raises is what has to be said
            found.append(f"reference {item.name}: {type(error).__name__}: {error}")
    for format in {format for route in plugin.routes for format in route.export_formats}:
        try:
            format.load()
        except (ImportError, AttributeError) as error:
            found.append(f"export format {format.name}: {error}")
    for name in {name for route in plugin.routes for name in (route.export_labels, route.export_terms) if name}:
        try:
            load_object(name)
        except (ImportError, AttributeError) as error:
            found.append(f"export: {error}")
    found += _supplied(plugin)
    if not found:
        found += [*_migrations(plugin), *_jobs(plugin)]
    return [f"{plugin.name}: {problem}" for problem in found]


def _supplied(plugin: Plugin) -> list[str]:
    """A use case would not get what a client sends under the name of what the bus supplies."""
    return [
        f"{route.method} {route.path}: {name} is what the bus supplies: call the argument otherwise"
        for route in (plugin.routes if plugin.use_cases else ())
        for name in SUPPLIED
        if name in _fields(route.query) or name in {variable for _, variable, _, _ in Formatter().parse(route.path)}
    ]


def _fields(schema: type[Schema] | None) -> Iterable[str]:
    return schema().fields if schema is not None else ()


def _jobs(plugin: Plugin) -> list[str]:
    service = plugin.load("service")
    kinds = {name for name in dir(service) if getattr(getattr(service, name), "wsis_kind", "") == "job"}
    return [
        f"jobs: {name} is declared or decorated with @job, not both"
        for name in sorted(kinds ^ {kind.name for kind in plugin.jobs})
    ]


def _migrations(plugin: Plugin) -> list[str]:
    from wsis_shared import collection_specs, migrations  # noqa: PLC0415 -- the gateway's image has no pymongo

    specs = (*collection_specs.BUS_COLLECTIONS, *(plugin.load("collections") or ()))
    versions = {spec.name: spec.schema_version for spec in specs}
    if len(versions) < len(specs):
        return ["a collection is declared twice"]
    return migrations.check(migrations.of_plugin(plugin), versions)
