"""The WSGI application: Falcon with the plugins' operations and the gateway's own pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import falcon
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.plugin import discover
from wsis_shared.rates import rate_classes_of
from wsis_shared.reference.sets import sets_of

from wsis_gateway import developer_pages, health, openapi, reference, routing
from wsis_gateway.access_log import AccessLog
from wsis_gateway.auth import NOBODY, Authenticator, keys_endpoint
from wsis_gateway.cache import Cache
from wsis_gateway.compression import CompressionMiddleware
from wsis_gateway.dead_letters import dead_letter_operations
from wsis_gateway.feeds import Feeds
from wsis_gateway.handler import Handler
from wsis_gateway.jobs import job_operations
from wsis_gateway.limits import Limits
from wsis_gateway.middleware import CacheMiddleware, RequestMiddleware
from wsis_gateway.problems import ErrorHandlers, field_messages, load_titles
from wsis_gateway.readable import ReadableMiddleware
from wsis_gateway.revocations import Revocations
from wsis_gateway.settings import Settings
from wsis_gateway.start_page import StartPage
from wsis_gateway.streaming import StreamHandler

EXPOSED_HEADERS = (
    "ETag, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-ID, Preference-Applied, "
    "Content-Disposition, Content-Range, Accept-Ranges"
)


class Gateway:
    """The WSGI application: `app` for clients, and `probes` on the metrics port. It owns the connection to the broker,
    the list of revoked tokens, the access log and the held requests."""

    def __init__(
        self,
        app: falcon.App[falcon.Request, falcon.Response],
        probes: falcon.App[falcon.Request, falcon.Response],
        metrics_port: int,
        amqp_client: AmqpClient,
        revocations: Revocations,
        log: AccessLog,
        feeds: Feeds,
    ) -> None:
        self._app, self._probes, self._metrics_port = app, probes, metrics_port
        self.amqp_client, self._revocations, self._log, self._feeds = amqp_client, revocations, log, feeds

    def __call__(self, env: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # Of the socket, not SERVER_PORT: gunicorn takes that from the client's Host where it listens on a Unix socket.
        app = self._probes if self.serves_probes(env["gunicorn.socket"].listener) else self._app
        return app(env, start_response)

    def serves_probes(self, address: Sequence[object]) -> bool:
        """Whether this address, as its socket says, is that of the metrics port."""
        return address[1:2] == (self._metrics_port,)

    def end_streams(self) -> None:
        """End the held requests: the worker is about to stop."""
        self._feeds.stop()

    def close(self) -> None:
        """Close the connection to the broker and the log."""
        self._revocations.stop()
        self.amqp_client.stop()
        self._log.close()


def start(settings: Settings) -> Gateway:
    """Build the application from the installed plugins and connect to the broker. Call it after the fork."""
    operations, found = routing.operations(discover(settings.gateway_plugins))
    if settings.has_pages:
        from wsis_gateway import web  # noqa: PLC0415 -- a gateway of the API alone holds nothing of pages
        from wsis_gateway.web.calls import Calls  # noqa: PLC0415 -- as above
        from wsis_gateway.web.catalogue import catalogue  # noqa: PLC0415 -- as above

        pages, found, operations = catalogue(found, operations)
    cache = Cache()
    jobs, dead_letters = job_operations(found), dead_letter_operations(found)
    feeds, keys_from = Feeds(), keys_endpoint(found, settings.keys_from)

    def on_revoked() -> None:
        cache.invalidate(".".join(revocations.event))
        feeds.wake()

    revocations = Revocations(keys_from[0], on_revoked)
    followed = set(routing.events((*operations, *jobs.operations), found))
    if keys_from != NOBODY:
        followed.add(revocations.event)

    def on_event(source: str, type: str, envelope: Mapping[str, object]) -> None:
        revocations.on_event(source, type, envelope)
        cache.invalidate(f"{source}.{type}")
        feeds.publish(source, type, envelope)

    def on_connect() -> None:
        cache.invalidate()
        feeds.refresh()
        revocations.on_connect()

    amqp_client = AmqpClient(
        settings.amqp_uri, "gateway", events=sorted(followed), on_event=on_event, on_connect=on_connect
    ).start()
    revocations.start(amqp_client)
    limits, titles = Limits(settings, rate_classes_of(found).values()), load_titles(found)
    error_handlers = ErrorHandlers(titles, field_messages(found))
    authenticator = Authenticator(amqp_client, found, keys_from, revocations)
    handler = Handler(
        settings,
        amqp_client,
        authenticator,
        limits,
        cache,
        StreamHandler(settings, feeds, error_handlers.document),
    )
    log = AccessLog()
    app, probes = _falcon(settings, handler, log), falcon.App(middleware=[RequestMiddleware(settings, log)])
    for each in (app, probes):
        each.resp_options.default_media_type = "application/json"
        error_handlers.install(each)
    common, sets = (jobs, dead_letters), sets_of(found)
    serve = routing.serve_all(handler.serve, common)
    health.install(probes, amqp_client, found, has_api=settings.has_api)
    if settings.gateway_metrics_port:
        health.install_liveness(app)
    else:
        health.install(app, amqp_client, found, has_api=settings.has_api)
    if settings.has_api:
        for served in (operations, *(each.operations for each in common)):
            routing.install(app, served, serve)
        reference.install(app, sets, limits)
        developer_pages.install(app, limits, openapi.document_of(operations, found), titles)
        app.add_route("/docs/start", StartPage(limits, found, operations, settings.mail_web_uri))
    if settings.has_pages:
        calls = Calls(serve, authenticator, handler)
        web.install(app, pages, calls, operations, limits, cache, error_handlers, sets)
    return Gateway(app, probes, settings.gateway_metrics_port, amqp_client, revocations, log, feeds)


def _falcon(settings: Settings, handler: Handler, log: AccessLog) -> falcon.App[falcon.Request, falcon.Response]:
    middleware: list[Any] = [RequestMiddleware(settings, log), CompressionMiddleware()]
    if settings.gateway_origins:
        origins = "*" if "*" in settings.gateway_origins else settings.gateway_origins
        middleware.append(falcon.CORSMiddleware(allow_origins=origins, expose_headers=EXPOSED_HEADERS))
    if settings.has_api:  # where there are pages alone, what they have read is for nobody else
        middleware += [ReadableMiddleware(), CacheMiddleware(handler)]
    app = falcon.App(middleware=middleware)
    app.req_options.auto_parse_form_urlencoded = False
    return app
