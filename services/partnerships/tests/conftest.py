"""Makers of what the tests start from."""

from __future__ import annotations

import itertools
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from wsis_shared.context import Actor
from wsis_testkit import Published, Served, actor, wait_for

from wsis_partnerships.rules import funds

REASON = "Agreed by letter"
_years = itertools.count(2017)


@dataclass
class Fund:
    """The service, with the packages of an edition that no other test uses."""

    served: Served
    published: Published
    edition: str
    officer: Actor = field(default_factory=lambda: actor("officer"))

    def call(self, method: str, who: Actor, **arguments: Any) -> Any:
        """Call a method for this edition."""
        context = arguments.pop("context", {})
        return self.served.call(method, who, context=context, timeout=30.0, edition=self.edition, **arguments)

    def pledge(self, who: Actor | None = None, key: str = "", **more: Any) -> dict[str, Any]:
        """A pledge of CHF 1,000 to Gold by default; `key` is the Idempotency-Key."""
        context = {"idempotency_key": key} if key else {}
        return self.call("make_pledge", who or actor(), body=body(**more), context=context)

    def change(self, pledge: dict[str, Any], state: str) -> dict[str, Any]:
        """An officer moves a pledge on."""
        return self.call("change_pledge", self.officer, pledge=pledge["id"], body={"state": state, "reason": REASON})

    def events(self, type_: str, count: int) -> list[dict[str, Any]]:
        """The data of so many events of this edition, or more."""

        def here() -> list[dict[str, Any]]:
            return [e["data"] for e in self.published.of(type_) if e["data"].get("edition") == self.edition]

        wait_for(lambda: len(here()) >= count, what=type_)
        return here()


def body(**more: Any) -> dict[str, Any]:
    """A pledge as the gateway passes it on."""
    cash = {"form": "cash", "centimes": 100_000, "description": None}
    return {
        "organization": "Example Telecom",
        "website": "https://telecom.example.org",
        "package": "gold",
        "activity": None,
        "contribution": cash,
        **more,
    }


def in_kind(centimes: int | None = None) -> dict[str, Any]:
    """Somebody's time."""
    return {"form": "in_kind", "centimes": centimes, "description": "Two seconded staff for a year"}


@pytest.fixture(scope="module")
def partnerships(serve: Any, published: Any) -> Callable[[], Fund]:
    """`partnerships()`: another edition of one service."""
    seen = published("partnerships")
    served = serve("partnerships")

    def open_fund() -> Fund:
        fund = Fund(served, seen, str(next(_years)))
        fund.call("open_fund", fund.officer, body={"reason": REASON})
        return fund

    return open_fund


@pytest.fixture
def fund() -> dict[str, Any]:
    """The fund of 2017 as announced."""
    return funds.opened("2017")


@pytest.fixture
def make_body() -> Callable[..., dict[str, Any]]:
    """`make_body(package="platinum")`."""
    return body


@pytest.fixture
def make_in_kind() -> Callable[..., dict[str, Any]]:
    """`make_in_kind(centimes)`: a contribution in kind."""
    return in_kind


@pytest.fixture
def make_png() -> Callable[[int, int], bytes]:
    """A grey PNG of so many pixels."""

    def make(width: int, height: int) -> bytes:
        rows = zlib.compress((b"\0" + b"\x80" * width) * height)
        parts = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)), (b"IDAT", rows), (b"IEND", b"")]
        chunks = (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
            for kind, data in parts
        )
        return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)

    return make


@pytest.fixture
def put_blob(environment: dict[str, str]) -> Callable[[bytes, str], dict[str, Any]]:
    """Store a file as the gateway does before it calls the handler."""
    from wsis_shared.blobs import store

    def put(content: bytes, filename: str) -> dict[str, Any]:
        return store.of("partnerships").put([content], owner="upload", filename=filename).reference()

    return put
