"""Liveness, readiness and metrics: the probes."""

from __future__ import annotations

import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import falcon
from falcon import Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest, multiprocess
from wsis_shared.amqp import topology
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.context import Context
from wsis_shared.errors import SuiteError, Unavailable
from wsis_shared.plugin import DiscoveryResult
from wsis_shared.tracing import new_traceparent

TIMEOUT = 1.0  # of a health request; also the time to live of the result


def install_liveness(app: falcon.App[falcon.Request, falcon.Response]) -> None:
    """Add /healthz, which tells nothing of the suite: the port of clients may serve it."""
    app.add_route("/healthz", Liveness())


def install(
    app: falcon.App[falcon.Request, falcon.Response], amqp_client: AmqpClient, found: DiscoveryResult, *, has_api: bool
) -> None:
    """Add /healthz, /readyz, /readyz/broker and /metrics."""
    install_liveness(app)
    app.add_route("/readyz/broker", BrokerReadiness(amqp_client))
    app.add_route("/readyz", Readiness(amqp_client, found, has_api=has_api))
    app.add_route("/metrics", Metrics())


def answers(amqp_client: AmqpClient, service: str) -> bool:
    """Whether the service answers in time, be it with an error."""
    try:
        _ask(amqp_client, service)
    except SuiteError as error:
        return error.code != "suite.no_answer_in_time"
    return True


def _ask(amqp_client: AmqpClient, service: str) -> object:
    context = Context(request_id="readyz", traceparent=new_traceparent())
    try:
        return amqp_client.request(service, topology.PROBE, {}, context, timeout=TIMEOUT)
    except Unavailable as error:
        if error.code not in ("suite.service_away", "suite.no_answer_in_time"):
            raise
        # A service of a former version has no queue of probes, or reads none that the definitions have declared.
        return amqp_client.request(service, topology.HEALTH, {}, context, timeout=TIMEOUT)


class Liveness:
    """Whether this process serves requests."""

    def on_get(self, _req: Request, resp: Response) -> None:
        """Always 200."""
        resp.data = b'{"state":"alive"}'

    on_head = on_get


def _broker_state(amqp_client: AmqpClient) -> str:
    return "blocked" if amqp_client.blocked else "connected" if amqp_client.connected else "away"


class BrokerReadiness:
    """Whether this process can pass requests on. A balancer that asks it keeps a gateway while a service is away."""

    def __init__(self, amqp_client: AmqpClient) -> None:
        self._amqp_client = amqp_client

    def on_get(self, _req: Request, resp: Response) -> None:
        """200, or 503 with the state of the broker."""
        broker = _broker_state(self._amqp_client)
        resp.status = 200 if broker == "connected" else 503
        resp.data = json.dumps({"broker": broker}).encode()

    on_head = on_get


class Readiness:
    """Whether the broker is connected and every service responds. Where there are pages alone, the broker is enough: a
    page leaves out what a service that is away would show, and the others stand; the state is "degraded".

    A service that responds but says that it is not ready, such as one whose index lags, makes the state "degraded" with
    status 200: all else works, and a balancer that took the gateway out would stop that, too. The answer is that of one
    process of the service; each says the same on its metrics port, for its own probe.
    """

    def __init__(self, amqp_client: AmqpClient, found: DiscoveryResult, *, has_api: bool) -> None:
        self._amqp_client, self._found, self._has_api = amqp_client, found, has_api
        self._names = [plugin.name for plugin in found if plugin.package]
        self._lock = threading.Lock()
        self._cached: tuple[float, bool, bytes] = (0.0, False, b"")

    def on_get(self, _req: Request, resp: Response) -> None:
        """200, or 503 with the state of each part."""
        with self._lock:
            if time.monotonic() - self._cached[0] > TIMEOUT:
                ready, body = self._probe()
                self._cached = (time.monotonic(), ready, body)
            _, ready, body = self._cached
        resp.status = 200 if ready else 503
        resp.data = body

    on_head = on_get

    def _probe(self) -> tuple[bool, bytes]:
        broker = _broker_state(self._amqp_client)
        connected = broker == "connected"
        services: dict[str, dict[str, object]] = {}
        if connected and self._names:
            with ThreadPoolExecutor(len(self._names)) as pool:
                services = dict(zip(self._names, pool.map(self._check_service, self._names), strict=True))
        ready = connected and (not self._has_api or all(service["responds"] for service in services.values()))
        whole = all(service["ready"] for service in services.values())
        state = {
            "state": "not ready" if not ready else "ready" if whole else "degraded",
            "broker": broker,
            "services": services,
            "plugins": {
                "accepted": [plugin.name for plugin in self._found],
                "rejected": dict(self._found.rejected),
            },
        }
        return ready, json.dumps(state, ensure_ascii=False).encode()

    def _check_service(self, name: str) -> dict[str, object]:
        try:
            response = _ask(self._amqp_client, name)
        except SuiteError as error:
            return {"responds": False, "ready": False, "reason": error.code}
        return {"ready": True, **(response if isinstance(response, dict) else {}), "responds": True}


class Metrics:
    """Prometheus metrics: of all workers if they share a folder, else of this worker."""

    def on_get(self, _req: Request, resp: Response) -> None:
        """The Prometheus text format."""
        resp.content_type = CONTENT_TYPE_LATEST
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            registry = CollectorRegistry()
            multiprocess.MultiProcessCollector(registry)
            resp.data = generate_latest(registry)
        else:
            resp.data = generate_latest()
