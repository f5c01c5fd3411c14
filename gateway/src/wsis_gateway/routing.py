"""From the plugins' routes to Falcon's: each becomes an Operation, prepared once, and nothing is looked up later."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import falcon
from falcon import Request, Response
from falcon.routing import CompiledRouter
from marshmallow import Schema
from wsis_shared.plugin import PUBLIC, DiscoveryResult, Plugin, Route
from wsis_shared.schemas import RequestSchema

from wsis_gateway import limits

_log = logging.getLogger(__name__)
_VARIABLE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# Addresses of the gateway's own.
OWN = ("/openapi.json", "/docs", "/healthz", "/readyz", "/metrics", "/problems")


@dataclass(frozen=True)
class Operation:
    """A route with its schemas made."""

    plugin: str  # also the name of its service on the bus
    route: Route
    body: Schema
    query: Schema | None
    response: Schema | None
    cached: bool
    invalidated_by: frozenset[str]

    @property
    def variables(self) -> tuple[str, ...]:
        """Names in the path."""
        return tuple(_VARIABLE.findall(self.route.path))


Serve = Callable[[Operation, Request, Response, dict[str, str]], None]


def operations(found: DiscoveryResult) -> tuple[tuple[Operation, ...], DiscoveryResult]:
    """The operations of all plugins, and what was found less the plugins whose routes cannot be served."""
    router = CompiledRouter()
    made: list[Operation] = []
    kept: list[Plugin] = []
    rejected = dict(found.rejected)
    for plugin in found:
        try:
            own = [_operation(plugin, route) for route in plugin.routes]
            for path in {operation.route.path for operation in own}:
                router.add_route(path, SimpleNamespace())
        except Exception as error:  # noqa: BLE001 -- one plugin's mistake must not take the others down
            rejected[plugin.name] = f"{type(error).__name__}: {error}"
            _log.error("plugin rejected", extra={"plugin": plugin.name, "reason": rejected[plugin.name]})
            continue
        made += own
        kept.append(plugin)
    return tuple(made), replace(found, plugins=tuple(kept), rejected=rejected)


def _operation(plugin: Plugin, route: Route) -> Operation:
    if route.method not in METHODS:
        raise ValueError(f"{route.method} {route.path}: the method must be one of {', '.join(METHODS)}")
    if not route.path.startswith("/") or any(route.path == own or route.path.startswith(f"{own}/") for own in OWN):
        raise ValueError(f"{route.method} {route.path}: the gateway keeps this address to itself")
    if route.limit_class not in (*limits.BY_ACCOUNT, *limits.BY_NETWORK):
        raise ValueError(f"{route.method} {route.path}: there is no limit class {route.limit_class!r}")
    if route.cache and (route.permission != PUBLIC or route.writes):
        raise ValueError(f"{route.method} {route.path}: only a public GET can be cached for everybody")
    return Operation(
        plugin=plugin.name,
        route=route,
        body=(route.body or RequestSchema)(),
        query=route.query() if route.query else None,
        response=route.response() if route.response else None,
        cached=bool(route.cache) and route.media == "application/json",
        invalidated_by=frozenset(route.invalidated_by),
    )


def install(app: falcon.App[Any, Any], made: tuple[Operation, ...], serve: Serve) -> None:
    """Add the operations to the app. GET also answers HEAD; OPTIONS and 405 are Falcon's."""
    paths: dict[str, dict[str, Operation]] = {}
    for operation in made:
        paths.setdefault(operation.route.path, {})[operation.route.method] = operation
    for path, by_method in paths.items():
        responders = {f"on_{method.lower()}": _responder(serve, operation) for method, operation in by_method.items()}
        if "on_get" in responders:
            responders["on_head"] = responders["on_get"]
        app.add_route(path, SimpleNamespace(**responders))


def _responder(serve: Serve, operation: Operation) -> Callable[..., None]:
    def respond(req: Request, resp: Response, **variables: str) -> None:
        serve(operation, req, resp, variables)

    return respond


def events(made: tuple[Operation, ...]) -> tuple[tuple[str, str], ...]:
    """(source, type) of every event that makes a kept answer stale."""
    names: set[str] = set().union(*(operation.invalidated_by for operation in made if operation.cached))
    return tuple(sorted((source, event) for source, _, event in (name.partition(".") for name in names)))


def location(operation: Operation, values: Mapping[str, Any]) -> str | None:
    """Where an outcome appears; None where the template asks for what is not known."""
    if not operation.route.location:
        return None
    try:
        return operation.route.location.format_map(values)
    except (KeyError, ValueError, AttributeError):
        return None
