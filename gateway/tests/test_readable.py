"""Browsers get a page where programs get JSON: fields, problems, caching, nothing that runs."""

import re
from html.parser import HTMLParser

import pytest

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"}
CARD = "/v1/notes/n1/card"
NO_SCRIPT = r"\A(?!.*script)(?=.*default-src 'none')"
OF_THE_SITE = r"default-src 'none';.* script-src 'self';"


class Page(HTMLParser):
    """Checks that each element ends, and collects links and texts."""

    VOID = ("meta", "link")

    def __init__(self, text):
        super().__init__()
        self.open, self.links, self.texts, self.tags = [], [], [], set()
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        self.links += [value for name, value in attrs if name == "href" and tag == "a"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def page(http, path, *, policy=NO_SCRIPT, **headers):
    response = http.get(path, headers={**BROWSER, **headers})
    assert response.headers["content-type"] == "text/html; charset=utf-8", response.text
    assert re.search(policy, response.headers["content-security-policy"])
    return response, Page(response.text)


def test_a_browser_reads_the_fields(http):
    response, seen = page(http, CARD)
    assert response.status_code == 200
    assert seen.texts.count("Wells") == 3  # title, heading, field
    for text in ("yes", "none", "2017-04-30T21:00:00Z", "Ama", "pump", "<script>alert(1)</script>"):
        assert text in seen.texts
    assert not {"script", "form", "img", "style"} & seen.tags
    assert "https://wells.example/?a=1&b=2" in seen.links
    assert f"{CARD}?after=c2" in seen.links
    assert not [link for link in seen.links if link.startswith("javascript")]


def test_a_page_is_in_the_language_of_the_reader(http):
    response, seen = page(http, CARD, **{"Accept-Language": "ar"})
    assert '<html lang="ar" dir="rtl">' in response.text
    assert response.headers["content-language"] == "ar"
    assert "آبار" in seen.texts
    assert "Wells" not in seen.texts


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "application/json, text/html;q=0.5", "text/*;q=0"])
def test_programs_get_json(http, accept):
    headers = {"Accept": accept} if accept else {}
    response = http.get(CARD, headers=headers)
    assert response.json()["owner"] == {"name": "Ama", "age": None}
    assert "Accept" in response.headers["vary"].split(", ")


def test_both_forms_are_cached_apart(http):
    for _ in range(2):
        found, _seen = page(http, CARD)
        plain = http.get(CARD)
        assert plain.json()["open"] is True
        assert found.headers["etag"] != plain.headers["etag"]
        assert "Accept" in found.headers["vary"].split(", ")
        fresh = http.get(CARD, headers={**BROWSER, "If-None-Match": found.headers["etag"]})
        assert (fresh.status_code, fresh.content) == (304, b"")
        assert http.get(CARD, headers={"If-None-Match": found.headers["etag"]}).status_code == 200
        assert http.get(CARD, headers={"If-None-Match": plain.headers["etag"]}).status_code == 304


def test_who_is_signed_out_is_told_to_sign_in(http):
    response, seen = page(http, "/v1/me/echo", **{"Accept-Language": "fr"})
    assert response.status_code == 401
    assert "Veuillez vous connecter" in seen.texts
    assert any("Connectez-vous" in text for text in seen.texts)
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert http.get("/v1/me/echo").json()["code"] == "gateway.token_missing"


@pytest.mark.parametrize(
    ("path", "status", "policy"),
    [
        ("/nowhere/at/all", 404, OF_THE_SITE),
        ("/v1/nowhere", 404, NO_SCRIPT),
        ("/v1/echo?bad=<b>", 422, NO_SCRIPT),
        ("/v1/boom", 500, NO_SCRIPT),
    ],
)
def test_problems_are_readable(http, path, status, policy):
    response, seen = page(http, path, policy=policy)
    assert response.status_code == status
    assert response.headers["cache-control"] == "no-store"
    assert any(re.fullmatch(r"[0-9a-f]{32}", text) for text in seen.texts)
    assert "b" not in seen.tags


def test_a_form_that_fails_is_readable(http):
    response = http.post("/v1/notes/n1/options", data={"other": "a"}, headers=BROWSER)
    assert response.status_code == 422
    assert "other" in Page(response.text).texts


def test_the_documents_of_the_api_stay_json(http):
    assert http.get("/openapi.json", headers=BROWSER).json()["openapi"]
    assert http.head(CARD, headers=BROWSER).headers["content-type"] == "text/html; charset=utf-8"
