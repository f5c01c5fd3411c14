"""Texts of other media types than JSON: shown in a sandbox or saved, cached, in the language that a link names."""

import pytest
from wsis_shared.plugin import PUBLIC, Route
from wsis_testkit import publish, wait_for

from wsis_gateway import routing


def test_a_page_is_shown_in_a_sandbox(http):
    response = http.get("/v1/notes/n1/page")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "content-disposition" not in response.headers
    policy = response.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy


def test_a_page_is_cached_and_revalidated(http, amqp_client):
    first = http.get("/v1/notes/n2/page")
    again = http.get("/v1/notes/n2/page")
    assert (again.text, again.headers["content-type"]) == (first.text, "text/html; charset=utf-8")
    assert again.headers["content-security-policy"] == first.headers["content-security-policy"]
    fresh = http.get("/v1/notes/n2/page", headers={"If-None-Match": first.headers["etag"]})
    assert (fresh.status_code, fresh.content) == (304, b"")
    publish(amqp_client, "sample", "note_changed", {"title": "x"})
    assert wait_for(lambda: http.get("/v1/notes/n2/page").text != first.text, 5)


def test_a_link_chooses_the_language(http):
    for lang, accepted in (("ar", "fr"), ("fr", "ar"), ("ar", "fr")):  # the last one from the cache
        response = http.get(f"/v1/notes/n3/page?lang={lang}", headers={"Accept-Language": accepted})
        assert f"lang={lang}>" in response.text
        assert response.headers["content-language"] == lang
    assert "lang=ru>" in http.get("/v1/notes/n3/page", headers={"Accept-Language": "ru"}).text
    assert http.get("/v1/notes/n3/page?lang=xx").status_code == 422
    assert http.get("/v1/count?lang=fr").status_code == 422  # JSON has no such parameter


def test_json_is_not_shown_inline():
    route = Route("GET", "/v1/x", "x", "X", permission=PUBLIC, inline=True)
    with pytest.raises(ValueError, match="inline"):
        routing._plugin_operation(routing.Plugin("sample", "S", "s:S", routes=(route,)), route, ("read",))
