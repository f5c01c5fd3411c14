"""One image is two deployments: pages for people, and routes for programs."""

import subprocess
import sys

import pytest
from wsis_shared.settings import SettingError

from wsis_gateway.settings import Settings

PAGE, ROUTE, START = "/en/contact", "/v1/reference", "/docs/start"


@pytest.mark.parametrize(
    ("serves", "found"),
    [("both", {PAGE, ROUTE, START}), ("pages", {PAGE}), ("api", {ROUTE, START})],
)
def test_a_gateway_serves_what_it_is_told_to(run_gateway, serves, found):
    gateway = run_gateway(WSIS_GATEWAY_SERVES=serves)
    statuses = {
        path: int(gateway.raw(f"GET {path} HTTP/1.0\r\nHost: x\r\n\r\n".encode()).split()[1])
        for path in (PAGE, ROUTE, START)
    }
    assert {path for path, status in statuses.items() if status != 404} == found


def test_the_api_alone_holds_nothing_of_pages():
    code = "import sys, wsis_gateway.app; print(*{'wsis_gateway.web', 'jinja2'} & {*sys.modules})"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "\n"


def test_it_serves_nothing_else():
    with pytest.raises(SettingError, match="WSIS_GATEWAY_SERVES must be pages, api or both"):
        Settings.load({"WSIS_GATEWAY_SERVES": "page"})


@pytest.mark.parametrize(("serves", "status", "state"), [("pages", 200, "degraded"), ("both", 503, "not ready")])
def test_pages_are_ready_without_a_service(run_gateway, serves, status, state):
    gateway = run_gateway(WSIS_GATEWAY_SERVES=serves)
    answer = gateway.probes.get("/readyz")
    assert (answer.status_code, answer.json()["state"]) == (status, state)
    assert answer.json()["services"]["sample"]["responds"] is False
