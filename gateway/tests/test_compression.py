"""Responses in gzip: which, for whom, and never where their size tells a secret."""

from __future__ import annotations

import gzip
import re
from typing import Any

import falcon
import falcon.testing
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsis_gateway import compression
from wsis_gateway.compression import MIN_BYTES, CompressionMiddleware
from wsis_gateway.middleware import RequestMiddleware
from wsis_gateway.settings import Settings

TEXT = "The receipt of the vote and what somebody searched for. " * 40
ZIP = {"Accept-Encoding": "gzip, deflate, br"}
COOKIE = {"Cookie": "__Host-wsis=token"}


class Resource:
    """Answers what it is told."""

    def __init__(self) -> None:
        self.body, self.type, self.cache = TEXT.encode(), "text/html; charset=utf-8", None

    def on_get(self, _req: Any, resp: Any) -> None:
        resp.data, resp.content_type = self.body, self.type
        resp.set_header("ETag", '"x"')
        if self.cache:
            resp.set_header("Cache-Control", self.cache)

    on_post = on_get


class NoLog:
    """A log that nobody reads."""

    def write(self, _line: Any) -> None:
        return


@pytest.fixture
def page() -> Resource:
    return Resource()


@pytest.fixture
def client(page: Resource) -> falcon.testing.TestClient:
    app = falcon.App(middleware=[RequestMiddleware(Settings(), NoLog()), CompressionMiddleware()])
    app.add_route("/", page)
    return falcon.testing.TestClient(app)


def is_gzip(response: Any) -> bool:
    if response.headers.get("Content-Encoding") != "gzip":
        return False
    assert gzip.decompress(response.content).decode() == TEXT
    assert int(response.headers["Content-Length"]) == len(response.content)
    return True


def test_a_text_is_compressed_for_who_takes_it(client: Any) -> None:
    zipped, plain = client.get("/", headers=ZIP), client.get("/")
    assert (is_gzip(zipped), is_gzip(plain)) == (True, False)
    assert [one.headers["Vary"] for one in (zipped, plain)] == ["Accept-Encoding"] * 2
    assert [one.headers["ETag"] for one in (zipped, plain)] == ['W/"x"', '"x"']


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ("gzip", True),
        ("GZIP;q=0.5", True),
        ("br, *", True),
        ("*;q=0, gzip", True),
        ("gzip;q=0, *", False),
        ("gzip; q=0.000", False),
        ("br", False),
        ("", False),
        ("x-gzip", False),
    ],
)
def test_what_clients_take(header: str, taken: bool) -> None:
    assert compression.accepts(header) is taken


@given(st.text(max_size=200))
def test_any_header_is_read(header: str) -> None:
    assert compression.accepts(header) in (True, False)


@pytest.mark.parametrize(
    ("size", "media_type", "zipped"),
    [
        (MIN_BYTES, "application/json", True),
        (MIN_BYTES - 1, "application/json", False),
        (MIN_BYTES, "application/problem+json", True),
        (MIN_BYTES, "image/svg+xml", True),
        (MIN_BYTES, "text/calendar; charset=utf-8", True),
        (MIN_BYTES, "image/png", False),
        (MIN_BYTES, "application/pdf", False),
    ],
)
def test_small_bodies_and_compressed_formats_stay(
    client: Any, page: Resource, size: int, media_type: str, zipped: bool
) -> None:
    page.body, page.type = b"x" * size, media_type
    response = client.get("/", headers=ZIP)
    assert (response.headers.get("Content-Encoding") == "gzip", "Vary" in response.headers) == (zipped, zipped)


# -- the attack: another site opens our page in a browser that is signed in, again and again, each time with other text
#    in the address, and compares sizes


@pytest.mark.parametrize(
    ("asked_by", "zipped"),
    [("same-origin", True), ("none", True), ("same-site", False), ("cross-site", False), (None, False)],
)
def test_a_page_of_a_session_is_compressed_only_where_no_other_site_asks(
    client: Any, asked_by: str | None, zipped: bool
) -> None:
    said = {} if asked_by is None else {"Sec-Fetch-Site": asked_by}
    assert is_gzip(client.get("/", headers={**ZIP, **COOKIE, **said})) is zipped


def test_what_is_the_same_for_everybody_has_no_secret(client: Any, page: Resource) -> None:
    page.cache = "public, max-age=60"
    assert is_gzip(client.get("/", headers={**ZIP, **COOKIE, "Sec-Fetch-Site": "cross-site"}))


def test_a_program_with_a_token_is_asked_by_no_site(client: Any) -> None:
    assert is_gzip(client.get("/", headers={**ZIP, "Authorization": "Bearer token"}))


def test_the_answer_to_a_write_is_not_compressed(client: Any) -> None:
    assert not is_gzip(client.post("/", headers=ZIP))


# -- the gateway -------------------------------------------------------------------------------------------------------


def _stylesheet(http: Any) -> str:
    found = re.search(r'href="(/assets/[^"]+\.css)"', http.get("/en/").text)
    assert found
    return found[1]


def test_what_is_cached_is_served_in_both_forms(http: Any, sample: Any) -> None:
    for path in (
        "/v1/reference/countries",
        "/v1/public-rows?rows=50&limit=50",
        "/docs/swagger-ui-bundle.js",
        _stylesheet(http),
        "/en/",
    ):
        plain = [http.get(path, headers={"Accept-Encoding": "identity"}) for _ in range(2)]
        zipped = [http.get(path, headers=ZIP) for _ in range(2)]
        assert [one.headers.get("content-encoding") for one in (*plain, *zipped)] == [None, None, "gzip", "gzip"], path
        assert {one.content for one in (*plain, *zipped)} == {plain[0].content}
        assert int(zipped[0].headers["content-length"]) < len(plain[0].content)
        assert "Accept-Encoding" in plain[0].headers["vary"]
        if zipped[0].headers.get("etag") is None:
            continue  # kept for good, under a name that changes
        known = http.get(path, headers={**ZIP, "If-None-Match": zipped[0].headers["etag"]})
        assert (known.status_code, known.headers["etag"]) == (304, zipped[0].headers["etag"])
        assert "Accept-Encoding" in known.headers["vary"]
