"""/readyz and /metrics of a process."""

from __future__ import annotations

import http.client
import json

from wsis_shared import probes
from wsis_testkit.process import free_port


def asked(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    response = connection.getresponse()
    return response.status, response.read().decode()


def broken() -> str:
    raise OSError("the store of ama@people.example")


def test_what_is_not_ready_is_said_with_its_reason_and_counted() -> None:
    checks, port = {"broker": lambda: "", "store": broken}, free_port()
    probes.serve(port, lambda: probes.problems_of("sample", checks))
    status, body = asked(port, "/readyz")
    assert (status, json.loads(body)) == (503, {"ready": False, "problems": {"store": "OSError"}})
    status, metrics = asked(port, "/metrics")
    counted = {line for line in metrics.splitlines() if 'service="sample"' in line}
    assert (status, {line.rpartition(" ")[2] for line in counted if 'store"' in line}) == (200, {"1.0"})
    assert {line.rpartition(" ")[2] for line in counted if 'broker"' in line} == {"0.0"}
    checks["store"] = lambda: ""
    status, body = asked(port, "/readyz")
    assert (status, json.loads(body)) == (200, {"ready": True, "problems": {}})
