"""The WSGI application: Falcon with the plugins' operations and the gateway's own pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import falcon
from falcon import Request, Response
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.context import ANONYMOUS
from wsis_shared.plugin import discover

from wsis_gateway import health, openapi, pages, routing
from wsis_gateway.access_log import AccessLog
from wsis_gateway.auth import Authenticator
from wsis_gateway.cache import Cache
from wsis_gateway.handler import Handler
from wsis_gateway.jobs import JobOperations
from wsis_gateway.limits import Limits
from wsis_gateway.middleware import CacheMiddleware, RequestMiddleware
from wsis_gateway.problems import ErrorHandlers, load_titles
from wsis_gateway.settings import Settings

EXPOSED_HEADERS = (
    "ETag, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-ID, Preference-Applied, Content-Disposition"
)


class Gateway:
    """The WSGI application. It owns the connection to the broker and the access log."""

    def __init__(self, app: falcon.App[Any, Any], amqp_client: AmqpClient, log: AccessLog) -> None:
        self._app, self.amqp_client, self._log = app, amqp_client, log

    def __call__(self, env: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return self._app(env, start_response)

    def close(self) -> None:
        """Close the connection to the broker and the log."""
        self.amqp_client.stop()
        self._log.close()


def start(settings: Settings) -> Gateway:
    """Build the application from the installed plugins and connect to the broker. Call it after the fork."""
    operations, found = routing.operations(discover(settings.gateway_plugins))
    cache = Cache(settings.gateway_cache_entries, settings.gateway_cache_bytes)
    amqp_client = AmqpClient(
        settings.amqp_uri, "gateway", events=routing.events(operations),
        on_event=lambda source, event: cache.invalidate(f"{source}.{event}"), on_connect=cache.invalidate,
    ).start()  # fmt: skip
    limits = Limits(settings)
    handler = Handler(settings, amqp_client, Authenticator(amqp_client, found, settings.keys_from), limits, cache)
    log = AccessLog()
    app = _falcon(settings, handler, log)
    titles = load_titles(found)
    ErrorHandlers(titles).install(app)
    routing.install(app, operations, handler.serve)
    job_operations = JobOperations(found)
    routing.install(app, job_operations.operations, job_operations.serve(handler.serve))
    health.install(app, amqp_client, found)
    pages.install(app, openapi.document(found), titles)

    def not_found(req: Request, resp: Response, **_: str) -> None:
        resp.set_headers(limits.hit("read", ANONYMOUS, req.context.network))
        raise falcon.HTTPNotFound

    app.add_sink(not_found, "/")
    return Gateway(app, amqp_client, log)


def _falcon(settings: Settings, handler: Handler, log: AccessLog) -> falcon.App[Any, Any]:
    middleware: list[Any] = [RequestMiddleware(settings, log)]
    if settings.gateway_origins:
        origins = "*" if "*" in settings.gateway_origins else settings.gateway_origins
        middleware.append(falcon.CORSMiddleware(allow_origins=origins, expose_headers=EXPOSED_HEADERS))
    app = falcon.App(middleware=[*middleware, CacheMiddleware(handler)])
    app.req_options.auto_parse_form_urlencoded = False
    app.resp_options.default_media_type = "application/json"
    return app
