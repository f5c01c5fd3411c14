"""What the middleware adds to a response, without a service."""

from __future__ import annotations

import falcon
import falcon.testing
import pytest

from wsis_gateway.access_log import AccessLog
from wsis_gateway.health import install_liveness
from wsis_gateway.middleware import RequestMiddleware
from wsis_gateway.settings import Settings


@pytest.fixture
def get():
    """`get(gateway_origins="...")`: the headers of a response of an app with these settings."""
    log = AccessLog()

    def headers(env=None, **settings):
        loaded = Settings.load({f"WSIS_{name.upper()}": str(value) for name, value in settings.items()})
        app = falcon.App(middleware=[RequestMiddleware(loaded, log)])
        install_liveness(app)
        return falcon.testing.TestClient(app).get("/healthz", headers=env).headers

    yield headers
    log.close()


@pytest.mark.parametrize(
    ("origins", "vary", "policy"),
    [
        ("", None, "same-origin"),
        ("https://a.example", "Origin", "cross-origin"),
        ("*", None, "cross-origin"),
        ("https://a.example,*", None, "cross-origin"),
    ],
)
def test_a_response_varies_with_the_origin_where_some_are_listed(get, origins, vary, policy):
    found = get(gateway_origins=origins)
    assert (found.get("Vary"), found["Cross-Origin-Resource-Policy"]) == (vary, policy)


def test_hsts_is_sent_unless_it_is_switched_off(get):
    assert get(gateway_hsts=9)["Strict-Transport-Security"] == "max-age=9; includeSubDomains"
    assert "Strict-Transport-Security" not in get(gateway_hsts=0)


def test_nothing_is_kept_and_each_request_has_an_id(get):
    found = get({"X-Request-ID": "a1b2c3d4-e5f6-7890"})
    assert (found["Cache-Control"], found["X-Request-ID"]) == ("no-store", "a1b2c3d4-e5f6-7890")
    assert get()["X-Request-ID"] != get()["X-Request-ID"]
