"""gunicorn's configuration. Loaded in the master before any patching: it imports neither kombu nor prometheus_client.

The worker (gevent) patches first and then imports wsis_gateway.wsgi, where its own connection to the broker is made.
"""

import os
import shutil
import tempfile

from wsis_gateway.settings import Settings

_settings = Settings.load()

bind = f"{_settings.gateway_host}:{_settings.gateway_port}"
wsgi_app = "wsis_gateway.wsgi:app"
worker_class = "wsis_gateway.worker.Worker"
workers = _settings.gateway_workers
worker_connections = 2000
preload_app = False  # a connection to the broker does not survive a fork
keepalive = 20  # also the longest time that a client may take to send its headers
timeout = 60
graceful_timeout = 30
# Parsing is strict by gunicorn's defaults; these bound what one request may hold.
limit_request_line = 8190
limit_request_fields = 64
limit_request_field_size = 8190
# gunicorn believes no proxy: addresses are the gateway's own business (WSIS_GATEWAY_PROXIES), the scheme is nobody's.
forwarded_allow_ips = ""
control_socket_disable = True  # one more way in, and a file outside the suite's folders
accesslog = None  # the gateway writes one JSON line per request itself, without addresses
loglevel = _settings.log_level.lower()
proc_name = "wsis-gateway"

_metrics = ""


def on_starting(_server: object) -> None:
    """Workers share their metrics through a folder, which must be known before prometheus_client is imported."""
    global _metrics
    if workers > 1 and "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        _metrics = os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="wsis-gateway-metrics-")


def child_exit(_server: object, worker: object) -> None:
    """Forget the gauges of a worker that has ended."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client import multiprocess  # noqa: PLC0415 -- see the module's docstring

        multiprocess.mark_process_dead(worker.pid)  # type: ignore[attr-defined]  # gunicorn has no types


def on_exit(_server: object) -> None:
    """Leave no folder behind."""
    if _metrics:
        shutil.rmtree(_metrics, ignore_errors=True)


def worker_exit(_server: object, worker: object) -> None:
    """Close the worker's connection to the broker."""
    close = getattr(getattr(worker, "wsgi", None), "close", None)
    if close is not None:
        close()
