"""gunicorn's configuration. The master loads it before gevent patches: it imports neither kombu nor prometheus_client.

The gevent worker patches first, then imports wsis_gateway.wsgi, which connects to the broker.
"""

import os
import shutil
import signal
import sys
import tempfile
from typing import Any

from wsis_shared import start_rules, stopping
from wsis_shared.settings import SettingError

from wsis_gateway.settings import Settings

try:
    _settings = Settings.load()
    start_rules.check(_settings)
except SettingError as error:
    sys.stderr.write(f"{error}\n")
    sys.exit(start_rules.NOT_STARTED)

bind = [f"{_settings.gateway_host}:{_settings.gateway_port}"]
if _settings.gateway_metrics_port:
    bind.append(f"{_settings.gateway_metrics_host}:{_settings.gateway_metrics_port}")
wsgi_app = "wsis_gateway.wsgi:app"
worker_class = "wsis_gateway.worker.Worker"
workers = _settings.gateway_workers
worker_connections = 2000
preload_app = False  # a connection to the broker does not survive a fork
keepalive = 20  # also the time limit for the headers of a request
timeout = 60
graceful_timeout = int(_settings.stop_seconds)
# gunicorn parses strictly by default; these limits bound the size of a request.
limit_request_line = 8190
limit_request_fields = 64
limit_request_field_size = 8190
# gunicorn trusts no proxy: the gateway evaluates addresses itself (WSIS_GATEWAY_PROXIES), and nothing reads the scheme.
forwarded_allow_ips = ""
control_socket_disable = True  # an unused interface, and a file outside the suite's folders
logger_class = "wsis_gateway.server_log.ServerLog"
accesslog = None  # the gateway writes its own log, one JSON line per request, without addresses
loglevel = _settings.log_level.lower()
proc_name = "wsis-gateway"

_metrics = ""


def on_starting(_server: object) -> None:
    """Workers share metrics through a folder; prometheus_client reads its path on import."""
    global _metrics
    if workers > 1 and "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        _metrics = os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="wsis-gateway-metrics-")


def when_ready(server: Any) -> None:
    """A second signal ends master and workers at once: gunicorn heeds none while it stops."""
    stopping.on_signals(
        _settings.stop_seconds + stopping.SPARE_SECONDS / 2,  # after the workers
        lambda number: server.signal(number, None),
        # A worker that has just been forked has these handlers too, and must not end the others.
        lambda: server.kill_workers(signal.SIGKILL) if os.getpid() == server.pid else None,
    )


def child_exit(_server: object, worker: object) -> None:
    """Remove the gauges of a stopped worker."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client import multiprocess  # noqa: PLC0415 -- see the module's docstring

        multiprocess.mark_process_dead(worker.pid)  # type: ignore[attr-defined]  # gunicorn has no types


def on_exit(_server: object) -> None:
    """Remove the metrics folder."""
    if _metrics:
        shutil.rmtree(_metrics, ignore_errors=True)


def worker_exit(_server: object, worker: object) -> None:
    """Close the worker's connection to the broker."""
    close = getattr(getattr(worker, "wsgi", None), "close", None)
    if close is not None:
        close()
