"""What every answer has, whatever made it: ids, language, security headers, a log line, a figure."""

from __future__ import annotations

import secrets
import time
from typing import Any

from falcon import Request, Response
from prometheus_client import Counter, Histogram
from wsis_shared import clock, tracing

from wsis_gateway import reading
from wsis_gateway.access import AccessLog
from wsis_gateway.handler import Handler
from wsis_gateway.routing import METHODS
from wsis_gateway.settings import Settings

REQUESTS = Counter("wsis_http_requests_total", "Answers by route and status", ["method", "route", "status"])
SECONDS = Histogram(
    "wsis_http_request_seconds", "Time until the answer is ready", ["method", "route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)  # fmt: skip
KEPT = Counter("wsis_http_kept_total", "Answers from memory", ["route"])

POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
# Asked every few seconds by machines: counted, not logged.
PROBES = frozenset(("/healthz", "/readyz", "/metrics"))
_METHODS = frozenset((*METHODS, "HEAD", "OPTIONS"))


class Observed:
    """Comes first and last. The access log has neither addresses nor query values nor anything that a person sent."""

    def __init__(self, settings: Settings, log: AccessLog) -> None:
        self._log = log
        self._networks = reading.Networks(settings.gateway_proxies)
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
        self._figures: dict[tuple[str, str, str], tuple[Any, Any, Any]] = {}

    def process_request(self, req: Request, _resp: Response) -> None:
        """Note who asks from where, in which language and since when."""
        env, seen = req.env, req.context
        seen.started = time.perf_counter()
        seen.received_at = clock.now()
        seen.request_id = reading.request_id(env.get("HTTP_X_REQUEST_ID")) or secrets.token_hex(16)
        seen.traceparent = tracing.child(env.get("HTTP_TRACEPARENT"))
        seen.locale = reading.locale(env.get("HTTP_ACCEPT_LANGUAGE"))
        seen.network = self._networks.of(env.get("REMOTE_ADDR", ""), env.get("HTTP_X_FORWARDED_FOR"))
        seen.template, seen.kept = "", False

    def process_response(self, req: Request, resp: Response, _resource: Any, _succeeded: bool) -> None:
        """Complete the headers and write it down."""
        seen = req.context
        resp.set_headers(self._headers)
        resp.set_header("X-Request-ID", seen.request_id)
        if self._vary:
            resp.append_header("Vary", self._vary)
        if resp.get_header("Content-Security-Policy") is None:
            resp.set_header("Content-Security-Policy", POLICY)
        if resp.get_header("Cache-Control") is None:
            resp.set_header("Cache-Control", "no-store")
        took = time.perf_counter() - seen.started
        status = str(resp.status)[:3]
        method = req.method if req.method in _METHODS else "other"
        route = seen.template or req.uri_template or "unknown"
        counter, histogram, kept = self._figure(method, route, status)
        counter.inc()
        histogram.observe(took)
        if seen.kept:
            kept.inc()
        if route in PROBES:
            return
        self._log.write({
            "timestamp": clock.iso(seen.received_at), "service": "gateway", "event": "request", "method": method,
            "route": route, "status": int(status), "ms": round(took * 1000, 2), "request_id": seen.request_id,
            "trace_id": tracing.trace_id(seen.traceparent), "kept": seen.kept,
        })  # fmt: skip

    def _figure(self, method: str, route: str, status: str) -> tuple[Any, Any, Any]:
        key = (method, route, status)
        figure = self._figures.get(key)
        if figure is None:
            figure = self._figures[key] = (REQUESTS.labels(*key), SECONDS.labels(method, route), KEPT.labels(route))
        return figure


class Kept:
    """Answers from memory what is kept there, before anything else is looked at."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    def process_request(self, req: Request, resp: Response) -> None:
        """Ends the request where an answer is kept."""
        if req.method in ("GET", "HEAD") and self._handler.serve_kept(req, resp):
            resp.complete = True
