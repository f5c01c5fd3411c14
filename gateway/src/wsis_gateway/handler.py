"""The one handler of all routes: who -> may they -> limits -> read -> call -> answer."""

from __future__ import annotations

import base64
import hashlib
import json
import time
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from falcon import Request, Response
from wsis_shared import context
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.clock import iso
from wsis_shared.context import ANONYMOUS, Actor, Context
from wsis_shared.errors import SuiteError, Unavailable
from wsis_shared.plugin import Mode

from wsis_gateway import reading, routing
from wsis_gateway.auth import Guard
from wsis_gateway.cache import Cache, Entry, etag_of, lifetime, matches
from wsis_gateway.limits import Limits
from wsis_gateway.routing import Operation
from wsis_gateway.settings import Settings
from wsis_gateway.shedding import Reads

JSON = "application/json"
# The broker was lost or away: nobody can have answered, and a read may safely be asked again.
LOST = ("suite.broker_away",)


class Handler:
    """Serves operations."""

    def __init__(self, settings: Settings, amqp_client: AmqpClient, guard: Guard, limits: Limits, cache: Cache) -> None:
        self._settings, self._amqp_client, self._guard, self._limits, self._cache = (
            settings,
            amqp_client,
            guard,
            limits,
            cache,
        )
        self._reads = Reads(settings.gateway_reads)

    def serve(self, operation: Operation, req: Request, resp: Response, variables: dict[str, str]) -> None:
        """Answer one request."""
        req.context.template = operation.route.path
        if operation.cached:
            return self._serve_public(operation, req, resp, variables)
        with self._reads.one(operation):
            self._serve_own(operation, req, resp, variables)

    def _serve_own(self, operation: Operation, req: Request, resp: Response, variables: dict[str, str]) -> None:
        actor = self._admit(operation, req, resp)
        reading.path(variables)
        parameters = reading.query(req.query_string, operation.query)
        ctx = self._context(req, actor)
        with context.use(ctx):
            if operation.route.writes:
                body = reading.body(
                    req.env, operation.body, max_bytes=self._settings.gateway_body_bytes,
                    seconds=self._settings.gateway_body_seconds,
                )  # fmt: skip
                if operation.route.mode is Mode.COMMAND:
                    return self._command(operation, req, resp, {**variables, **parameters}, body, ctx)
                if operation.route.body is not None:
                    parameters["body"] = body
            result = self._call(operation, {**variables, **parameters}, ctx)
        self._answer(operation, resp, result, variables)

    def serve_kept(self, req: Request, resp: Response) -> bool:
        """Answer from the cache, before routing; False where nothing fresh is kept for this address."""
        entry = self._cache.get((req.path, req.query_string, req.context.locale))
        if entry is None:
            return False
        req.context.template, req.context.kept = entry.template, True
        resp.set_headers(self._limits.spend(entry.limit, ANONYMOUS, req.context.network))
        self._send(entry, req, resp)
        return True

    # -- who, may they, limits -----------------------------------------------------------------------------------------

    def _admit(self, operation: Operation, req: Request, resp: Response) -> Actor:
        kind, network = operation.route.limit_class, req.context.network
        actor = ANONYMOUS
        try:
            actor = self._guard.who(req)
            self._guard.check(actor, operation.route.permission)
        except SuiteError:
            # Refusals count too, or tokens could be guessed without end.
            resp.set_headers(self._limits.spend(kind, actor, network))
            raise
        resp.set_headers(self._limits.spend(kind, actor, network))
        return actor

    def _context(self, req: Request, actor: Actor) -> Context:
        seen = req.context
        return Context(
            actor=actor, request_id=seen.request_id, traceparent=seen.traceparent, locale=seen.locale,
            received_at=seen.received_at, network=seen.network,
            idempotency_key=reading.idempotency_key(req.env) if req.method not in ("GET", "HEAD") else None,
        )  # fmt: skip

    # -- call ---------------------------------------------------------------------------------------------------------

    def _call(self, operation: Operation, arguments: Mapping[str, Any], ctx: Context) -> Any:
        route = operation.route
        ctx = context.with_timeout(ctx, route.timeout)
        try:
            return self._amqp_client.request(operation.plugin, route.handler, arguments, ctx, timeout=route.timeout)
        except Unavailable as error:
            if route.writes or error.code not in LOST or not self._amqp_client.wait_connected(ctx.remaining(5.0)):
                raise
            return self._amqp_client.request(operation.plugin, route.handler, arguments, ctx, timeout=route.timeout)

    def _command(
        self, operation: Operation, req: Request, resp: Response, arguments: dict[str, Any], body: Any, ctx: Context
    ) -> None:
        route = operation.route
        wait, followed = reading.wait_preference(req.env, self._settings.gateway_command_wait)
        payload = {"args": arguments, "body": body}
        message_id = _message_id(operation, ctx, payload)
        settled, outcome = self._amqp_client.command(
            operation.plugin, route.handler, payload, ctx, message_id=message_id, wait=wait
        )
        if followed:
            resp.set_header("Preference-Applied", followed)
        values = {**arguments, "command": message_id}
        if settled:
            outcome = dict(outcome or {})
            status = outcome.get("status")
            if isinstance(status, int) and not isinstance(status, bool) and 200 <= status <= 299:
                del outcome["status"]
            else:
                status = route.status if route.status != 200 else 201
            return self._answer(operation, resp, outcome, values, status=status)
        where = routing.location(operation, values)
        resp.status = 202
        resp.content_type = JSON
        resp.data = _json({"command": message_id, "state": "accepted", "location": where})
        if where is not None:
            resp.set_header("Location", where)
            resp.set_header("Retry-After", "1")

    # -- answer -------------------------------------------------------------------------------------------------------

    def _answer(
        self, operation: Operation, resp: Response, result: Any, values: Mapping[str, Any], status: int | None = None
    ) -> None:
        route = operation.route
        resp.status = status if status is not None else route.status
        if route.media != JSON:
            return _file(route.media, resp, result)
        if resp.status == 204:
            return
        if resp.status == 201:
            more = result if isinstance(result, dict) else {}
            where = routing.location(operation, {**more, **values})
            if where is not None:
                resp.set_header("Location", where)
        resp.content_type = JSON
        resp.data = _dump(operation, result)

    def _serve_public(self, operation: Operation, req: Request, resp: Response, variables: dict[str, str]) -> None:
        """An answer that is equal for everyone: a token that comes along is not looked at."""
        resp.set_headers(self._limits.spend(operation.route.limit_class, ANONYMOUS, req.context.network))
        reading.path(variables)
        parameters = reading.query(req.query_string, operation.query)
        ctx = self._context(req, ANONYMOUS)
        language, seconds = req.context.locale, operation.route.cache

        def make() -> Entry:
            with context.use(ctx), self._reads.one(operation):
                body = _dump(operation, self._call(operation, {**variables, **parameters}, ctx))
            etag = etag_of(body)
            headers = {
                "ETag": etag, "Content-Language": language, "Vary": "Accept-Language",
                "Cache-Control": f"public, max-age={seconds}",
            }  # fmt: skip
            now = time.monotonic()
            return Entry(
                body, etag, operation.route.path, operation.route.limit_class, now, now + lifetime(seconds),
                operation.invalidated_by, headers,
            )  # fmt: skip

        key = (req.path, req.query_string, language)
        entry = self._cache.get_or_make(key, make, patience=operation.route.timeout)
        self._send(entry, req, resp)

    def _send(self, entry: Entry, req: Request, resp: Response) -> None:
        resp.set_headers(entry.headers)
        resp.set_header("Age", str(entry.age))
        if matches(req.env.get("HTTP_IF_NONE_MATCH"), entry.etag):
            resp.status = 304
            return
        resp.content_type = JSON
        resp.data = entry.body


def _message_id(operation: Operation, ctx: Context, payload: Mapping[str, Any]) -> str:
    """The same for the same request under the same key. With another content it is another command, which is decided
    on its own and never answered with the outcome of the first."""
    if ctx.idempotency_key is None:
        return uuid.uuid4().hex
    content = hashlib.sha256(_json(payload)).hexdigest()
    name = f"{ctx.actor.id}|{operation.plugin}.{operation.route.handler}|{ctx.idempotency_key}|{content}"
    return uuid.uuid5(uuid.NAMESPACE_URL, name).hex


def _dump(operation: Operation, result: Any) -> bytes:
    return _json(operation.response.dump(result) if operation.response is not None else result)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=iso).encode()


def _file(media: str, resp: Response, result: Any) -> None:
    """Bytes for saving. Never shown by the browser under our origin, whatever is in them."""
    name = str(result.get("filename") or "download")
    plain = "".join(char if char.isascii() and (char.isalnum() or char in "._-") else "_" for char in name)[:100]
    resp.content_type = str(result.get("media_type") or media)
    resp.set_header("Content-Disposition", f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name[:200])}")
    resp.data = base64.b64decode(result["body"], validate=True)
