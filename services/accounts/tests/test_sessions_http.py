"""Renewals through the real gateway: tabs at once, and a rate for each session that no other session uses up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest


@pytest.fixture(scope="module")
def http(accounts: Any, open_gateway: Any) -> httpx.Client:
    """A gateway where a session is renewed eight times an hour."""
    return open_gateway("accounts", WSIS_LIMIT_RENEW="8/hour", WSIS_LIMIT_SIGN_IN="1/hour")


def renew(http: httpx.Client, token: str) -> httpx.Response:
    return http.post("/v1/sign-in/refresh", json={"refresh_token": token})


def test_tabs_renew_at_once_and_a_session_has_a_rate_of_its_own(http: httpx.Client, people: Any) -> None:
    token, other = (people().tokens()["refresh_token"] for _ in range(2))
    with ThreadPoolExecutor(6) as pool:
        tabs = list(pool.map(lambda _: renew(http, token), range(6)))
    assert [tab.status_code for tab in tabs] == [200] * 6
    [following] = {tab.json()["refresh_token"] for tab in tabs}
    assert [renew(http, following).status_code for _ in range(3)] == [200, 200, 429]
    assert renew(http, following).json()["code"] == "gateway.too_many_requests", "a token that follows is no other name"
    made_up = [renew(http, f"{number}.1.x.y").status_code for number in range(20)]
    assert made_up == [401] * 20
    assert renew(http, other).status_code == 200, "from the same network"
