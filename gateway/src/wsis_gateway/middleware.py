"""Middleware of every response: ids, language, security headers, access log, metrics, cache."""

from __future__ import annotations

import secrets
import time

from falcon import Request, Response
from prometheus_client import Counter, Histogram
from wsis_shared import clock, spans, tracing
from wsis_shared.context import ANONYMOUS

from wsis_gateway import request_parsing
from wsis_gateway.access_log import AccessLog
from wsis_gateway.handler import Handler
from wsis_gateway.routing import METHODS
from wsis_gateway.settings import Settings

REQUESTS = Counter("wsis_http_requests_total", "Responses by route and status", ["method", "route", "status"])
SECONDS = Histogram(
    "wsis_http_request_seconds",
    "Time until the response is ready",
    ["method", "route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
CACHE_HITS = Counter("wsis_http_cache_hits_total", "Responses from the cache", ["route"])

CONTENT_SECURITY_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_OWN_POLICIES = ("Cross-Origin-Resource-Policy", "Referrer-Policy")  # that a response may have itself
# Probes run every few seconds: they are counted, but not logged.
PROBES = frozenset(("/healthz", "/readyz", "/readyz/broker", "/metrics"))
_METHODS = frozenset((*METHODS, "HEAD", "OPTIONS"))


class RequestMiddleware:
    """Runs first and last. The access log contains no address, no query value and no content of the client."""

    def __init__(self, settings: Settings, log: AccessLog) -> None:
        self._log = log
        self._networks = request_parsing.Networks(settings.gateway_proxies)
        self._headers = {
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "cross-origin" if settings.gateway_origins else "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        }
        if settings.gateway_hsts:
            self._headers["Strict-Transport-Security"] = f"max-age={settings.gateway_hsts}; includeSubDomains"
        self._vary = "Origin" if settings.gateway_origins and "*" not in settings.gateway_origins else ""
        self._metrics: dict[tuple[str, str, str], tuple[Counter, Histogram, Counter]] = {}

    def process_request(self, req: Request, _resp: Response) -> None:
        """Set request id, trace, language, network and time of receipt."""
        env, state = req.env, req.context
        state.started = time.perf_counter()
        state.received_at, state.complete_at = clock.now(), None
        state.request_id = request_parsing.request_id(env.get("HTTP_X_REQUEST_ID")) or secrets.token_hex(16)
        state.traceparent = spans.decide(env.get("HTTP_TRACEPARENT"))
        state.locale = request_parsing.locale(env.get("HTTP_ACCEPT_LANGUAGE"))
        state.network = self._networks.of(env.get("REMOTE_ADDR", ""), env.get("HTTP_X_FORWARDED_FOR"))
        state.template, state.cached, state.over_rate = "", False, False
        state.told = state.framed = False
        state.actor, state.counted, state.verified = ANONYMOUS, None, None
        state.refusal, state.stored, state.file = {}, None, None

    def process_response(self, req: Request, resp: Response, _resource: object, _succeeded: bool) -> None:
        """Set the headers, count and log the response."""
        state = req.context
        own = [(name, value) for name in _OWN_POLICIES if (value := resp.get_header(name)) is not None]
        resp.set_headers(self._headers)
        if own:
            resp.set_headers(own)
        if state.framed:
            resp.delete_header("X-Frame-Options")
        resp.set_header("X-Request-ID", state.request_id)
        if self._vary:
            resp.append_header("Vary", self._vary)
        if resp.get_header("Content-Security-Policy") is None:
            resp.set_header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        if resp.get_header("Cache-Control") is None:
            resp.set_header("Cache-Control", "no-store")
        elapsed = time.perf_counter() - state.started
        status = str(resp.status)[:3]
        method = req.method if req.method in _METHODS else "other"
        route = state.template or req.uri_template or "unknown"
        counter, histogram, cache_hits = self._metrics_for(method, route, status)
        counter.inc()
        histogram.observe(elapsed)
        if state.cached:
            cache_hits.inc()
        if route in PROBES:
            return
        spans.record(
            f"{method} {route}",
            "SERVER",
            state.traceparent,
            req.env.get("HTTP_TRACEPARENT", ""),
            elapsed,
            status if status >= "500" else "",
            attributes={"http.request.method": method, "http.route": route, "http.response.status_code": int(status)},
        )
        self._log.write(
            {
                "timestamp": clock.iso(state.received_at),
                "service": "gateway",
                "event": "request",
                "method": method,
                "route": route,
                "status": int(status),
                "ms": round(elapsed * 1000, 2),
                "request_id": state.request_id,
                "trace_id": tracing.trace_id(state.traceparent),
                "cached": state.cached,
                **state.refusal,
            }
        )

    def _metrics_for(self, method: str, route: str, status: str) -> tuple[Counter, Histogram, Counter]:
        key = (method, route, status)
        metrics = self._metrics.get(key)
        if metrics is None:
            metrics = self._metrics[key] = (
                REQUESTS.labels(*key),
                SECONDS.labels(method, route),
                CACHE_HITS.labels(route),
            )
        return metrics


class CacheMiddleware:
    """Serves cache hits before routing and authentication."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    def process_request(self, req: Request, resp: Response) -> None:
        """Complete the response on a cache hit."""
        if req.method in ("GET", "HEAD") and self._handler.serve_cached(req, resp):
            resp.complete = True
