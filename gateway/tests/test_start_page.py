"""`/docs/start` says what this is and where to go."""

import re

import httpx
import pytest

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
MAILS = "http://127.0.0.1:8025"


@pytest.fixture(scope="module")
def page(http):
    return http.get("/docs/start", headers=BROWSER)


def test_a_browser_gets_a_page(page):
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["vary"] == "Accept, Accept-Encoding"
    assert '<html lang="en">' in page.text


def test_every_link_of_the_page_leads_somewhere(page, http):
    links = re.findall(r'(?:href|src)="(/[^"]*)"', page.text)
    assert {"/docs", "/openapi.json", "/docs/page.css", "/docs/start.js", "/v1/notes"} <= set(links)
    assert [link for link in links if http.get(link.partition("#")[0]).status_code >= 400] == []


def test_an_address_with_a_variable_leads_to_its_documentation(page, http):
    [anchor] = re.findall(r'<a href="/docs#/sample/(\w+)">/v1/notes/\{note\}</a>', page.text)
    document = http.get("/openapi.json").json()
    assert document["paths"]["/v1/notes/{note}"]["get"]["operationId"] == anchor


def test_other_clients_get_the_same_as_data(http):
    data = http.get("/docs/start").json()
    assert data["links"]["openapi"] == "/openapi.json"
    [sample] = data["services"]
    assert (sample["name"], "/v1/notes/{note}" in sample["public"]) == ("sample", True)


def test_what_needs_a_sign_in_is_not_listed(page):
    assert "/v1/me/echo" not in page.text


def test_mails_are_linked_in_development_alone_and_without_their_password(run_gateway):
    assert "mail" not in run_gateway(WSIS_MAIL_WEB_URI="").http.get("/docs/start").json()["links"]
    local = run_gateway(WSIS_MAIL_WEB_URI=MAILS.replace("//", "//wsis:a-password@")).http
    assert local.get("/docs/start").json()["links"]["mail"] == MAILS
    page = local.get("/docs/start", headers=BROWSER).text
    assert f'href="{MAILS}"' in page
    assert "a-password" not in page


def test_head_has_no_content(http):
    response: httpx.Response = http.head("/docs/start", headers=BROWSER)
    assert (response.status_code, response.content) == (200, b"")
