"""The handler of all routes: authenticate, authorize, limit, parse, call, respond."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from falcon import Request, Response
from wsis_shared import clock, context, tracing
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.context import ANONYMOUS, Actor, Context
from wsis_shared.errors import Forbidden
from wsis_shared.plugin import Mode
from wsis_shared.rates import WRITE
from wsis_shared.streams import Stream

from wsis_gateway import command_ids, downloads, exports, jobs, preconditions, request_parsing, routing, text_media
from wsis_gateway.admission import Admission
from wsis_gateway.auth import Authenticator
from wsis_gateway.cache import Cache, Entry, etag_of, lifetime, matches
from wsis_gateway.encoding import dump, to_json
from wsis_gateway.limits import Limits
from wsis_gateway.routing import Operation
from wsis_gateway.service_calls import COMMAND_WAIT, ServiceCalls
from wsis_gateway.settings import Settings
from wsis_gateway.streaming import JSON, VARY, Held, StreamHandler, is_held, validate
from wsis_gateway.uploads import Uploads

SHARED_SECONDS = 1  # for a shared cache in front (nginx, a CDN): it hears no events


class Handler:
    """Serves every operation."""

    def __init__(
        self,
        settings: Settings,
        amqp_client: AmqpClient,
        authenticator: Authenticator,
        limits: Limits,
        cache: Cache,
        streams: StreamHandler,
    ) -> None:
        self._amqp_client, self._authenticator = amqp_client, authenticator
        self._limits, self._cache, self._streams = limits, cache, streams
        self.admission, self.uploads = Admission(authenticator, limits), Uploads()
        self._calls = ServiceCalls(settings, amqp_client)
        self._exports = exports.Exports()

    def serve(self, operation: Operation, req: Request, resp: Response, variables: dict[str, str]) -> None:
        """Serve one request."""
        req.context.template = operation.route.path
        try:
            self._serve(operation, req, resp, variables)
        except Forbidden:
            req.context.refusal.update(self._authenticator.who(req.context.actor, operation.route.permission))
            raise

    def _serve(self, operation: Operation, req: Request, resp: Response, variables: dict[str, str]) -> None:
        if (name := exports.negotiate(operation, req)) is not None:
            return self._export(operation, name, req, resp, variables)
        if operation.route.stream is not None and is_held(req):
            return self._serve_held(operation, operation.route.stream, req, resp, variables)
        if operation.cached:
            return self._serve_public(operation, req, resp, variables)
        # What a page's form has brought was counted when it was stored; the act itself is a write like any other.
        actor = self.admission.authorize(operation, req, resp, WRITE.name if req.context.file is not None else "")
        request_parsing.path(variables)
        parameters = text_media.query(operation.route, operation.query, req)
        if operation.route.if_match:
            parameters["if_match"] = preconditions.if_match(req.env)
        ctx, check = self._context(req, actor), partial(self._authenticator.check_still, req)
        with context.use(ctx):
            if operation.route.upload is not None:
                with self.uploads.receive(operation, operation.route.upload, req, actor, check) as (blob, body):
                    ctx = self.admission.received(operation, req, resp, ctx, body)
                    if operation.route.body is not None:
                        parameters["body"] = body
                    parameters["upload"] = blob.reference()
                    result = self._calls.request(operation, {**variables, **parameters}, ctx)
                return self._respond(operation, resp, result, variables)
            if operation.route.writes:
                body = request_parsing.body(req.env, operation.body, form=operation.route.form)
                ctx = self.admission.received(operation, req, resp, ctx, body)
                if operation.route.mode is Mode.COMMAND:
                    return self._command(operation, req, resp, {**variables, **parameters}, body, ctx)
                if operation.route.body is not None:
                    parameters["body"] = body
            result = self._calls.request(operation, {**variables, **parameters}, ctx)
            if operation.route.personal:
                exports.record_page(self._amqp_client, operation, req, parameters, ctx)
        if operation.route.download:
            return downloads.respond(operation.route, req, resp, result, self.uploads.store(operation.plugin), check)
        self._respond(operation, resp, result, variables)
        if operation.revalidated:
            validate(req, resp)

    def _serve_held(
        self, operation: Operation, stream: Stream, req: Request, resp: Response, variables: dict[str, str]
    ) -> None:
        """A stream or a long poll."""
        if operation.cached:
            actor, expires_at = ANONYMOUS, float("inf")
            self._count(operation.route.limit_class, req, resp)
        else:
            actor = self.admission.authorize(operation, req, resp)
            expires_at, _ = self._authenticator.authenticate_until(req)
        request_parsing.path(variables)
        parameters = text_media.query(operation.route, operation.query, req)
        ctx = self._context(req, actor)

        def fetch(arguments: Mapping[str, object]) -> bytes:
            now = replace(ctx, received_at=clock.now(), traceparent=tracing.child(ctx.traceparent))
            with context.use(now):
                return dump(operation, self._calls.request(operation, arguments, now))

        cursor_field = operation.query.fields.get(stream.cursor) if operation.query is not None else None
        check = (lambda: None) if operation.cached else partial(self._authenticator.authenticate, req)
        held = Held(operation.route.path, stream, cursor_field, actor, variables, parameters, fetch, expires_at, check)
        self._streams.serve(held, req, resp)

    def _export(self, operation: Operation, name: str, req: Request, resp: Response, variables: dict[str, str]) -> None:
        """A list as a file, page by page."""
        if operation.cached:
            actor = ANONYMOUS
            self._count(exports.LIMIT_CLASS, req, resp)
        else:
            actor = self.admission.authorize(operation, req, resp, exports.LIMIT_CLASS)
        request_parsing.path(variables)

        def fetch(arguments: Mapping[str, object]) -> object:
            with context.use(ctx):
                return self._calls.request(operation, arguments, ctx)

        check = partial(self._authenticator.check_still, req)
        export = exports.Export(self._exports, operation, name, req, variables, fetch, check)
        ctx = self._context(req, actor)  # in the language that the query names
        export.respond(resp, self._amqp_client, ctx)

    def serve_cached(self, req: Request, resp: Response) -> bool:
        """Respond from the cache, before routing. Return False on a cache miss."""
        entry = self._cache.get((req.path, req.query_string, req.context.locale))
        if entry is None or is_held(req):
            return False
        req.context.template, req.context.cached = entry.template, True
        self._count(entry.limit, req, resp)
        self._send(entry, req, resp)
        return True

    def _count(self, limit_class: str, req: Request, resp: Response) -> None:
        """One more request for what is public."""
        resp.set_headers(self._limits.hit(limit_class, self._authenticator.counted(req), req.context.network))

    def _context(self, req: Request, actor: Actor) -> Context:
        state = req.context
        return Context(
            actor=actor,
            request_id=state.request_id,
            traceparent=state.traceparent,
            locale=state.locale,
            received_at=state.received_at,
            network=state.network,
            over_rate=state.over_rate,
            idempotency_key=request_parsing.idempotency_key(req.env) if req.method not in ("GET", "HEAD") else None,
        )

    # -- command -------------------------------------------------------------------------------------------------------

    def _command(
        self,
        operation: Operation,
        req: Request,
        resp: Response,
        arguments: dict[str, object],
        body: object,
        ctx: Context,
    ) -> None:
        route = operation.route
        wait, applied = request_parsing.wait_preference(req.env, COMMAND_WAIT)
        payload = {"args": arguments, "body": body}
        message_id = command_ids.message_id(operation, ctx, payload)
        completed, outcome = self._calls.command(operation, payload, ctx, message_id=message_id, wait=wait)
        if applied:
            resp.set_header("Preference-Applied", applied)
        values = {**arguments, "command": message_id}
        if completed:
            outcome = dict(outcome or {})
            status = outcome.get("status")
            if isinstance(status, int) and not isinstance(status, bool) and 200 <= status <= 299:
                del outcome["status"]
            else:
                status = route.status if route.status != 200 else 201
            return self._respond(operation, resp, outcome, values, status=status)
        location = routing.location(operation, values)
        resp.status = 202
        resp.content_type = JSON
        resp.data = to_json({"command": message_id, "state": "accepted", "location": location})
        if location is not None:
            resp.set_header("Location", location)
            resp.set_header("Retry-After", "1")

    # -- response -----------------------------------------------------------------------------------------------------

    def _respond(
        self,
        operation: Operation,
        resp: Response,
        result: Any,
        values: Mapping[str, object],
        status: int | None = None,
    ) -> None:
        route = operation.route
        # A service of a former version, in which this was no job yet, responds with the result itself: 200.
        if route.mode is Mode.JOB and jobs.is_job(result):
            resp.content_type, resp.data = JSON, to_json(jobs.respond(resp, result))
            return
        resp.status = status if status is not None else route.status
        if text_media.is_text(route):
            resp.data, headers = text_media.render(route, result)
            resp.set_headers(headers)
            return
        if resp.status == 204:
            return
        if resp.status == 201:
            fields = result if isinstance(result, dict) else {}
            location = routing.location(operation, {**fields, **values})
            if location is not None:
                resp.set_header("Location", location)
        resp.content_type = JSON
        resp.data = dump(operation, result)
        if route.versioned and route.method != "PUT":  # RFC 9110, 9.3.4: what is stored is not what was sent
            resp.set_header("ETag", preconditions.etag(resp.data, result))

    def _serve_public(self, operation: Operation, req: Request, resp: Response, variables: dict[str, str]) -> None:
        """A response for every client: the token is ignored, but for the limit. Browsers always ask for what people
        edit."""
        self._count(operation.route.limit_class, req, resp)
        request_parsing.path(variables)
        key = (req.path, req.query_string, req.context.locale)
        seconds, versioned = operation.route.cache, operation.route.versioned

        def fill() -> Entry:
            parameters = text_media.query(operation.route, operation.query, req)
            ctx = self._context(req, ANONYMOUS)
            with context.use(ctx):
                result = self._calls.request(operation, {**variables, **parameters}, ctx)
            if text_media.is_text(operation.route):
                body, own = text_media.render(operation.route, result)
            else:
                body, own = dump(operation, result), {"Content-Type": JSON}
            etag, kept = (preconditions.etag(body, result), 0) if versioned else (etag_of(body), seconds)
            headers = {
                **own,
                "ETag": etag,
                "Content-Language": ctx.locale,
                "Vary": f"Accept-Language, {VARY}" if operation.route.stream is not None else "Accept-Language",
                "Cache-Control": f"public, max-age={kept}, s-maxage={SHARED_SECONDS}",
            }
            now = time.monotonic()
            return Entry(
                body, etag, operation.route.path, operation.route.limit_class, now, now + lifetime(seconds), headers
            )

        entry = self._cache.get_or_fill(
            key, fill, timeout=operation.route.timeout, invalidated_by=operation.invalidated_by
        )
        self._send(entry, req, resp)

    def _send(self, entry: Entry, req: Request, resp: Response) -> None:
        resp.set_headers(entry.headers)
        resp.set_header("Age", str(entry.age))
        if matches(req.env.get("HTTP_IF_NONE_MATCH"), entry.etag):
            resp.status = 304
            return
        resp.data, req.context.stored = entry.body, entry
