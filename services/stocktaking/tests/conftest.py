"""Makers of what the tests start from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from wsis_testkit import actor, wait_for
from wsis_testkit.gateway import running_gateway

from .http_kit import SIGNER

Content = dict[str, Any]


@pytest.fixture(scope="session")
def make_content() -> Callable[..., Content]:
    """A complete content; keywords replace fields."""

    def make(**changes: Any) -> Content:
        return {
            "title": {"en": "Digital farmers"}, "description": {"en": "Prices of crops by text message."},
            "original_language": "en",
            "organization": {"name": "Ministry of Agriculture", "type": "government", "country": "KE",
                             "website": "https://agriculture.example"},
            "kind": "project", "coverage": "national", "countries": ["KE"], "regions": [], "status": "ongoing",
            "start_date": "2014-03-01", "end_date": None,
            "action_lines": [{"line": "C7.e-agriculture", "sub_themes": []}], "sdgs": [2], "targets": ["2.3"],
            "partners": ["Farmers' Union"], "keywords": ["crops"], "links": [], **changes,
        }  # fmt: skip

    return make


@pytest.fixture(scope="module")
def stocktaking(serve: Any, published: Any) -> Any:
    """The service with an empty register; `published` collects its events from here on."""
    published("stocktaking")
    return serve("stocktaking")


@pytest.fixture(scope="session")
def officer() -> Any:
    """An officer."""
    return actor("officer")


@pytest.fixture(scope="module")
def http(
    environment: dict[str, str], serve: Any, fake_service: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """The service behind the real gateway, with accounts that know everybody."""
    fake_service("accounts", jwks=SIGNER.jwks, profile=lambda account: {"account": account})
    serve("stocktaking")
    settings = {**environment, "WSIS_GATEWAY_PLUGINS": "stocktaking", "WSIS_KEYS_FROM": "accounts.jwks"}
    with running_gateway(settings, tmp_path_factory.mktemp("gateway") / "log") as client:
        wait_for(lambda: client.get("/readyz").json()["services"].get("stocktaking", {}).get("ready"), 30, "ready")
        yield client
