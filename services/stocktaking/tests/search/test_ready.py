"""An index that is behind: the process says so to its probe, the gateway says so, and all else goes on."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from wsis_testkit import wait_for
from wsis_testkit.gateway import running_gateway


@pytest.fixture(scope="module")
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def http(
    environment: dict[str, str], serve: Any, port: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    serve("stocktaking", CONSTANTS="wsis_stocktaking.search.index.follower:LAG_SECONDS=0", WSIS_METRICS_PORT=str(port))
    settings = {**environment, "WSIS_GATEWAY_PLUGINS": "stocktaking"}
    with running_gateway(settings, tmp_path_factory.mktemp("gateway") / "log") as client:
        wait_for(lambda: client.get("/readyz").json()["services"].get("stocktaking", {}).get("responds"), 30)
        yield client


def test_process_is_not_ready_for_its_probe(http: httpx.Client, port: int) -> None:
    response = httpx.get(f"http://127.0.0.1:{port}/readyz")
    assert response.status_code == 503
    assert "behind" in response.json()["problems"]["search_index"]
    metrics = httpx.get(f"http://127.0.0.1:{port}/metrics").text
    assert 'wsis_not_ready{check="search_index",service="stocktaking"} 1.0' in metrics
    assert "wsis_stocktaking_index_lag_seconds" in metrics


def test_gateway_says_it_and_stays_in(http: httpx.Client) -> None:
    response = http.get("/readyz")
    state = response.json()
    assert (response.status_code, state["state"], state["services"]["stocktaking"]["ready"]) == (200, "degraded", False)
    assert "behind" in state["services"]["stocktaking"]["problems"]["search_index"]
    assert http.get("/v1/entries").json()["total"] == 0
