"""Turns the plugins' routes into operations, once at start, and adds them to Falcon."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import falcon
from falcon import Request, Response
from falcon.routing import CompiledRouter
from marshmallow import Schema, fields
from wsis_shared import streams
from wsis_shared.audit import ACTION_TAKEN
from wsis_shared.compiled import Dump, dump_of
from wsis_shared.exports import ExportLabels, Terms
from wsis_shared.plugin import PUBLIC, DiscoveryResult, Mode, Plugin, Route
from wsis_shared.rates import rate_classes_of
from wsis_shared.resources import load_object
from wsis_shared.schemas import RequestSchema
from wsis_shared.streams import Stream

from wsis_gateway import export_formats, text_media
from wsis_gateway.readable import prefers_html

_log = logging.getLogger(__name__)
_VARIABLE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
OWN_DATA = "/v1/me/"  # paths of what belongs to the account itself
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# Paths of the gateway itself.
RESERVED_PATHS = (
    "/",
    "/openapi.json",
    "/docs",
    "/healthz",
    "/readyz",
    "/readyz/broker",
    "/metrics",
    "/assets",
    "/problems",
    "/v1/dead-letters",
    "/v1/jobs",
    "/v1/reference",
)


@dataclass(frozen=True)
class Operation:
    """A route with instances of its schemas."""

    plugin: str  # also the name of the service on the bus
    route: Route
    body: Schema
    query: Schema | None
    response: Schema | None
    dump: Dump  # what `response` makes of a result; all of it, where there is none
    cached: bool
    invalidated_by: frozenset[str]
    export_formats: Mapping[str, export_formats.Format]
    export_labels: ExportLabels | None = None
    export_terms: Terms | None = None

    @property
    def id(self) -> str:
        """Its name in the OpenAPI document. From the path: two operations may share one method of a service."""
        return self.route.method.lower() + re.sub(r"[^A-Za-z0-9]+", "_", self.route.path).rstrip("_")

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the path variables."""
        return tuple(_VARIABLE.findall(self.route.path))

    @property
    def audits_exports(self) -> bool:
        """Is an export recorded? Those of other people's data are."""
        return self.route.permission != PUBLIC and not self.route.path.startswith(OWN_DATA)

    @property
    def revalidated(self) -> bool:
        """Do clients ask by its ETag whether their copy is still good?"""
        route = self.route
        return not route.writes and (route.stream is not None or route.versioned or text_media.is_text(route))


ServeOperation = Callable[[Operation, Request, Response, dict[str, str]], None]


@dataclass(frozen=True)
class CommonOperations:
    """Operations that several services have under one path. The service is the first part of the id in the path
    variable `id`, or stands in the query."""

    id: str
    services: Sequence[str]
    operations: tuple[Operation, ...]

    def serve(self, serve: ServeOperation) -> ServeOperation:
        """`serve`, for the service that the request is about."""

        def to_service(operation: Operation, req: Request, resp: Response, variables: dict[str, str]) -> None:
            named = variables[self.id].partition(".")[0] if self.id in variables else str(req.params.get("service"))
            # A service says that it does not know what another has, after the checks that all requests get.
            service = named if named in self.services else self.services[0]
            serve(replace(operation, plugin=service), req, resp, variables)

        return to_service


def serve_all(serve: ServeOperation, common: Iterable[CommonOperations]) -> ServeOperation:
    """`serve`, for the operations of one service and for these of several."""
    of_several = {_address(operation): each.serve(serve) for each in common for operation in each.operations}

    def to_one(operation: Operation, req: Request, resp: Response, variables: dict[str, str]) -> None:
        of_several.get(_address(operation), serve)(operation, req, resp, variables)

    return to_one


def _address(operation: Operation) -> tuple[str, str]:
    return operation.route.method, operation.route.path


def operations(found: DiscoveryResult) -> tuple[tuple[Operation, ...], DiscoveryResult]:
    """Return the operations of all plugins, and the plugins without those whose routes cannot be served."""
    router = CompiledRouter()
    collected: list[Operation] = []
    accepted: list[Plugin] = []
    rejected = dict(found.rejected)
    rate_classes = rate_classes_of(found)
    for plugin in found:
        try:
            own = [_plugin_operation(plugin, route, rate_classes) for route in plugin.routes]
            for path in {operation.route.path for operation in own}:
                router.add_route(path, SimpleNamespace())
        except Exception as error:  # noqa: BLE001 -- an invalid plugin must not stop the others
            rejected[plugin.name] = f"{type(error).__name__}: {error}"
            _log.error("plugin rejected", extra={"plugin": plugin.name, "reason": rejected[plugin.name]})
            continue
        collected += own
        accepted.append(plugin)
    return tuple(collected), replace(found, plugins=tuple(accepted), rejected=rejected)


def _plugin_operation(plugin: Plugin, route: Route, rate_classes: Collection[str]) -> Operation:
    if route.method not in METHODS:
        raise ValueError(f"{route.method} {route.path}: the method must be one of {', '.join(METHODS)}")
    if not route.path.startswith("/") or any(
        route.path == own or route.path.startswith(f"{own}/") for own in RESERVED_PATHS
    ):
        raise ValueError(f"{route.method} {route.path}: this path is reserved for the gateway")
    if route.limit_class not in rate_classes:
        raise ValueError(f"{route.method} {route.path}: unknown limit class {route.limit_class!r}")
    if route.upload and (not route.writes or route.mode is Mode.COMMAND):
        raise ValueError(f"{route.method} {route.path}: an upload is a write, and no command")
    if route.download and (route.writes or route.cache):
        raise ValueError(f"{route.method} {route.path}: a download is a GET that clients revalidate, without cache=")
    if route.inline and not text_media.is_text(route):
        raise ValueError(f"{route.method} {route.path}: only a text of another media type than JSON is shown inline")
    if route.form and not (route.inline if route.method == "GET" else route.upload is None):
        raise ValueError(f"{route.method} {route.path}: a form is on an inline page, or the body of a write")
    if route.personal and (route.writes or route.permission == PUBLIC):
        raise ValueError(f"{route.method} {route.path}: a list of people that staff read is a GET, and not public")
    if (route.export_formats or route.export_labels or route.export_terms) and not route.export:
        raise ValueError(f"{route.method} {route.path}: parts of an export, but no name of its file")
    if route.cache and (route.permission != PUBLIC or route.writes):
        raise ValueError(f"{route.method} {route.path}: only a public GET can be cached")
    if route.versioned and (route.mode is not Mode.RPC or route.response is None or text_media.is_text(route)):
        raise ValueError(f"{route.method} {route.path}: the response of a versioned route is a document in JSON")
    if route.if_match and not (route.writes and route.mode is Mode.RPC):
        raise ValueError(f"{route.method} {route.path}: If-Match is for a write that is no command and no job")
    if route.stream is not None:
        _check_stream(route, route.stream)
    made = operation(plugin.name, route)
    if (route.personal or (route.export and made.audits_exports)) and ACTION_TAKEN not in plugin.publishes:
        raise ValueError(f"{route.method} {route.path}: reading it is audited, so {plugin.name} publishes ACTION_TAKEN")
    return made


def operation(service: str, route: Route) -> Operation:
    """The operation of a route whose handler is a method of `service`."""
    response = route.response() if route.response else None
    return Operation(
        plugin=service,
        route=route,
        body=(route.body or RequestSchema)(),
        query=_query(route),
        response=response,
        dump=dump_of(response) if response is not None else lambda result: result,
        cached=bool(route.cache),
        invalidated_by=frozenset(route.invalidated_by),
        export_formats=export_formats.formats(route) if route.export else {},
        export_labels=load_object(route.export_labels) if route.export_labels else None,
        export_terms=load_object(route.export_terms) if route.export_terms else None,
    )


def _check_stream(route: Route, stream: Stream) -> None:
    where = f"{route.method} {route.path}"
    if route.writes or route.media != "application/json":
        raise ValueError(f"{where}: only a GET of JSON can be a stream")
    if stream.subject and f"{{{stream.subject}}}" not in route.path:
        raise ValueError(f"{where}: the stream's subject {stream.subject!r} is not a variable of the path")
    if stream.cursor and (route.query is None or stream.cursor not in route.query().fields):
        raise ValueError(f"{where}: the stream's cursor {stream.cursor!r} is not a field of the query")
    if stream.cursor and (route.response is None or not {"items", "next", "position"} <= set(route.response().fields)):
        raise ValueError(f"{where}: the response of a stream with a cursor has items, next and position")
    if route.cache and not set(stream.events) <= set(route.invalidated_by):
        raise ValueError(f"{where}: the events of its stream must also invalidate the cached response")


def _query(route: Route) -> Schema | None:
    if text_media.is_text(route):
        base: Any = route.query or RequestSchema
        translated: Schema = type(base.__name__, (base,), {"lang": text_media.lang_field()})()
        return translated
    if not route.export:
        return route.query() if route.query else None
    items = route.response().fields.get("items") if route.response else None
    pages = route.query is not None and {"limit", "after"} <= set(route.query().fields)
    if not pages or not (isinstance(items, fields.List) and isinstance(items.inner, fields.Nested)):
        raise ValueError(f"{route.method} {route.path}: an export is a list, with PageQuery and page_of")
    query: Any = route.query
    of_files = {"format": export_formats.format_field(route), "lang": text_media.lang_field()}
    extended: Schema = type(query.__name__, (query,), of_files)()
    return extended


def install(
    app: falcon.App[falcon.Request, falcon.Response], operations: tuple[Operation, ...], serve: ServeOperation
) -> None:
    """Add the operations to the app. GET also serves HEAD; OPTIONS and 405 are Falcon's."""
    paths: dict[str, dict[str, Operation]] = {}
    for operation in operations:
        paths.setdefault(operation.route.path, {})[operation.route.method] = operation
    for path, by_method in paths.items():
        responders = {f"on_{method.lower()}": _responder(serve, operation) for method, operation in by_method.items()}
        if "on_get" in responders:
            responders["on_head"] = responders["on_get"]
        app.add_route(path, SimpleNamespace(**responders))


def _responder(serve: ServeOperation, operation: Operation) -> Callable[..., None]:
    page = operation.route.page

    def respond(req: Request, resp: Response, **variables: str) -> None:
        if page and prefers_html(req):
            resp.status, resp.location = 303, f"/{req.context.locale}{page.format(**variables)}"
            resp.set_headers({"Cache-Control": "no-store", "Vary": "Accept"})
            return
        serve(operation, req, resp, variables)

    return respond


def events(operations: tuple[Operation, ...], found: DiscoveryResult) -> tuple[tuple[str, str], ...]:
    """(source, type) of each event that invalidates a cached response or changes a stream."""
    names: set[str] = set().union(*(operation.invalidated_by for operation in operations if operation.cached))
    invalidating = {(source, event) for source, _, event in (name.partition(".") for name in names)}
    routes = [operation.route for operation in operations]
    followed = streams.subscriptions(
        (route.stream for route in routes if route.stream is not None), tuple(plugin.name for plugin in found)
    )
    return tuple(sorted(invalidating | followed))


def location(operation: Operation, values: Mapping[str, object]) -> str | None:
    """The path of an outcome, or None if the template needs a value that is not known."""
    if not operation.route.location:
        return None
    try:
        return operation.route.location.format_map(values)
    except (KeyError, ValueError, AttributeError):
        return None
