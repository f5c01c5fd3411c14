"""The real gateway, in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import httpx
from wsis_local.ports import LOOPBACK, free_ports, listens
from wsis_testkit import programs, wait_for

CONFIGURATION = str(files("wsis_gateway").joinpath("gunicorn.conf.py"))


@contextmanager
def running_gateway(
    environment: Mapping[str, str], log: Path, headers: Mapping[str, str] | None = None, *, real: bool = False
) -> Iterator[httpx.Client]:
    """A client of a gateway that listens, with `headers` in each request; it serves /readyz and /metrics too.
    `environment` is added to that of this process; what the gateway logs goes to the file `log`; `real` as in
    `programs.start`."""
    port = next(free_ports())
    settings = {**environment, "WSIS_GATEWAY_PORT": str(port), "WSIS_GATEWAY_METRICS_PORT": "0"}
    gateway = programs.start("gateway", [CONFIGURATION], settings, log, real=real)
    try:
        wait_for(lambda: listens(port), 90, "the gateway to listen")
        with httpx.Client(base_url=f"http://{LOOPBACK}:{port}", timeout=20, headers=headers) as client:
            yield client
    finally:
        programs.kill(gateway)
