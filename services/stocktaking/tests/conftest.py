"""Makers of what the tests start from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from wsis_testkit import actor

from .http_kit import SIGNER

Content = dict[str, Any]


@pytest.fixture(scope="session")
def make_content() -> Callable[..., Content]:
    """A complete content; keywords replace fields."""

    def make(**changes: Any) -> Content:
        return {
            "title": {"en": "Digital farmers"},
            "description": {"en": "Prices of crops by text message."},
            "original_language": "en",
            "organization": {
                "name": "Ministry of Agriculture",
                "type": "government",
                "country": "KE",
                "website": "https://agriculture.example",
            },
            "kind": "project",
            "coverage": "national",
            "countries": ["KE"],
            "regions": [],
            "status": "ongoing",
            "start_date": "2014-03-01",
            "end_date": None,
            "action_lines": [{"line": "C7.e-agriculture", "sub_themes": []}],
            "sdgs": [2],
            "targets": ["2.3"],
            "partners": ["Farmers' Union"],
            "keywords": ["crops"],
            "links": [],
            **changes,
        }

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
def http(serve: Any, fake_service: Any, open_gateway: Any) -> httpx.Client:
    """The service behind the real gateway, with accounts that know everybody."""
    fake_service("accounts", jwks=SIGNER.jwks, profile=lambda account: {"account": account})
    serve("stocktaking", wait=False)
    return open_gateway("stocktaking")


@pytest.fixture
def empty_store(database: Any) -> Any:
    """The database of the service, with nothing in it."""
    db = database("stocktaking")
    for name in db.list_collection_names():
        db[name].delete_many({})
    return db
