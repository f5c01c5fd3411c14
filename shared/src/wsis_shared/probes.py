"""/readyz and /metrics of one process, on its metrics port."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import make_wsgi_app
from wsis_shared.metrics import NOT_READY

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

Check = Callable[[], str]
"""Why a part is not ready; empty if it is. It returns at once: it reads what the part knows already."""

CHECKS: dict[str, Check] = {}
"""Those of a further process of a service, by name: each process puts its own here when it starts. A service has its
own (wsis_shared.bus)."""

_log = logging.getLogger(__name__)


def problems_of(service: str, checks: Mapping[str, Check]) -> dict[str, str]:
    """The parts that are not ready, with the reasons. One that raises is not."""
    found = {}
    for name, check in checks.items():
        try:
            reason = check()
        except Exception as error:  # noqa: BLE001 -- whatever it raises, the part cannot say that it is ready
            _log.error("check failed", extra={"check": name, "error": type(error).__name__})
            reason = type(error).__name__
        NOT_READY.labels(service, name).set(bool(reason))
        if reason:
            found[name] = reason
    return found


def serve(port: int, problems: Callable[[], Mapping[str, str]]) -> None:
    """Answer probes in a thread of their own: /readyz is 200, or 503 with what is not ready; all else are the metrics,
    with the checks made before, so that they say what holds now."""
    metrics: WSGIApplication = make_wsgi_app()

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        found = problems()
        if environ.get("PATH_INFO") != "/readyz":
            return list(metrics(environ, start_response))
        start_response("503 Service Unavailable" if found else "200 OK", [("Content-Type", "application/json")])
        return [json.dumps({"ready": not found, "problems": dict(found)}).encode()]

    server = make_server("", port, app, _Server, _Quiet)
    threading.Thread(target=server.serve_forever, name="probes", daemon=True).start()


class _Server(ThreadingMixIn, WSGIServer):
    """One that hangs holds up no other."""

    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    """Probes come every few seconds: they are not logged."""

    timeout = 10  # seconds for a client that sends nothing

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""
