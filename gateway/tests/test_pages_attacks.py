"""What visitors and faults may try on pages: limits, copies for all, parts that are broken."""

import re
import sys
import threading

import pytest
from marshmallow import fields
from wsis_shared.errors import SuiteError, TooMany, Unavailable
from wsis_shared.pages import Download, Page, Read
from wsis_shared.plugin import DiscoveryResult, Plugin, Route
from wsis_shared.schemas import PageQuery, ResponseSchema, page_of
from wsis_testkit.pages import Pages
from wsis_testkit.waiting import wait_for

from wsis_gateway import routing
from wsis_gateway.web import catalogue, rendering
from wsis_gateway.web.visits import query_of

EDITION = {
    "edition": "2017",
    "title": "WSIS Prizes 2017",
    "current": [],
    "phases": [],
    "categories": ["C1"],
    "settings": {"every_category": True, "one_per_entity": True, "finalists_per_category": 5},
    "done": {"nominees_published": True, "champions_announced": False, "winners_released": False},
}
ANSWERS = {
    "prizes.list_editions": {"items": [EDITION], "next": None},
    "prizes.read_edition": EDITION,
    "prizes.list_categories": {"items": [{"code": "C1", "title": "C1", "nominees": 3}], "next": None},
    "prizes.list_nominees": {"items": [], "next": None, "edition": "2017", "order": 5},
    "voting.read_voting": {"edition": "2017", "state": "open"},
}
PANEL = "//section[@class='panel']"
SERVED = ("accounts", "prizes", "voting")


@pytest.fixture
def pages():
    return Pages(ANSWERS, *SERVED)


def limited(reads, **settings):
    """Pages of which a network, and an account, may read so many in an hour."""
    about = {"WSIS_LIMIT_FACTOR": "1", "WSIS_LIMIT_NETWORK_FACTOR": "1", "WSIS_LIMIT_READ": f"{reads}/hour"}
    return Pages(ANSWERS, *SERVED, **about, **settings)


@pytest.mark.parametrize(("method", "path"), [("GET", "/en/nowhere"), ("POST", "/en/nowhere"), ("POST", "/en/prizes")])
def test_each_request_counts(method, path):
    pages = limited(2)
    about = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    shown = [pages._request(method, path, about if method == "POST" else {}, "") for _ in range(3)]
    assert [each.status == 429 for each in shown] == [False, False, True]
    assert shown[2].all("//h1"), "in the look of the site"


def test_whoever_has_a_session_counts_by_account():
    pages = limited(9)
    while pages.get("/en/nowhere").status != 429:
        pass
    assert pages.sign_in().get("/en/me").status == 200
    assert pages.get("/en/prizes").status == 200, "a country may share one address"
    pages.cookies = {}
    assert pages.get("/en/prizes").status == 429
    pages.cookies = {"__Host-wsis": "made up"}
    assert pages.get("/en/me").status == 429, "a token that is none is not an account"


def test_the_limit_of_one_visitor_is_nobody_elses():
    """The reads of a page take the last of a visitor's rate; the copy for all is made for another visitor."""
    pages = limited(5, WSIS_GATEWAY_PROXIES="127.0.0.1")
    for _ in range(4):
        pages.get("/en/nowhere")
    assert pages.get("/en/").status == 429, "not a page without its panel, which all would get"
    shown = pages.get("/en/", **{"X-Forwarded-For": "192.0.2.1"})
    assert (shown.status, len(shown.all(PANEL))) == (200, 1)


def test_who_waits_for_the_copy_of_a_visitor_over_the_limit_makes_one(pages):
    shown = []
    other = threading.Thread(target=lambda: shown.append(pages.get("/en/prizes")))

    def refused(_):
        pages.bus.answers["prizes.list_editions"] = ANSWERS["prizes.list_editions"]
        other.start()
        assert wait_for(lambda: sys._current_frames()[other.ident].f_code.co_name == "wait", 5), "for this answer"
        return TooMany("gateway.too_many_requests", "")

    pages.bus.answers["prizes.list_editions"] = refused
    assert pages.get("/en/prizes").status == 429
    other.join(10)
    assert [each.status for each in shown] == [200]


@pytest.mark.parametrize("fault", [SuiteError("suite.internal_error", ""), Unavailable("made.up", "")])
def test_what_is_optional_breaks_no_page(pages, fault):
    pages.bus.answers["voting.read_voting"] = fault
    shown = pages.get("/en/editions/2017")
    assert (shown.status, "max-age=0" in shown.headers["cache-control"]) == (200, True), "it is incomplete"


def test_a_panel_that_fails_is_left_out(pages):
    phase = {"number": 1, "code": "nomination", "title": "Nomination", "current": True, "end": "soon"}
    pages.bus.answers["prizes.list_editions"] = {"items": [{**EDITION, "phases": [phase]}], "next": None}
    shown = pages.get("/en/")
    assert (shown.status, shown.all(PANEL)) == (200, [])
    assert "max-age=0" in shown.headers["cache-control"]


HOSTILE = "<img src=x onerror=alert(1)><script>alert(1)</script>"


def test_markup_in_a_panel_is_text(pages):
    pages.bus.answers["prizes.list_editions"] = {"items": [{**EDITION, "title": HOSTILE}], "next": None}
    [panel] = pages.get("/en/").all(PANEL)
    assert HOSTILE in "".join(panel.itertext())
    assert panel.xpath(".//img | .//script") == []


def test_rich_text_has_no_markup_but_that_of_texts():
    rich = rendering._environment().filters["rich"]
    written = "<p onclick=x>Schools <em>online</em><a href='javascript:1'>1</a><a href='https://wsis.example'>2</a></p>"
    shown = str(rich(HOSTILE + written))
    assert shown.startswith("<p>Schools <em>online</em><a")
    assert re.findall("script|onerror|onclick|javascript|<img", shown) == []
    assert 'href="https://wsis.example"' in shown


def test_a_page_that_fails_looks_like_the_site(pages):
    pages.bus.answers["prizes.list_editions"] = lambda _: {}["made up"]
    shown = pages.get("/fr/prizes")
    assert (shown.status, shown.all("/html/@lang"), len(shown.all("//header"))) == (500, ["fr"], 1)
    assert shown.result.headers["x-request-id"] in shown.text()


@pytest.mark.parametrize("path", ["/en//", "/en///prizes", "//", "//prizes"])
def test_an_address_has_one_spelling(pages, path):
    assert pages.get(path).status == 404


def test_a_copy_is_kept_for_each_value_and_not_for_each_spelling(pages):
    path = "/en/editions/2017/categories/C1"
    shown = [pages.get(f"{path}?order={order}") for order in ("7", "07", "%D9%A7", "7&x=1")]
    assert {each.headers["etag"] for each in shown} == {shown[0].headers["etag"]}
    assert [name for name, *_ in pages.bus.calls].count("prizes.list_nominees") == 1
    assert len(shown[0].all("//link[@rel='canonical'][contains(@href, 'order=7')]")) == 1


class Thing(ResponseSchema):
    name = fields.String()


def test_no_page_asks_for_a_file():
    route = Route(
        "GET",
        "/v1/things",
        "list_things",
        "Things",
        "public",
        query=PageQuery,
        response=page_of(Thing, "T"),
        export=True,
    )
    page = Page(
        "/x",
        "data/web/me.html",
        "me",
        reads=(Read("things", "/v1/things", takes_query=True),),
        files=(Download("things", "/v1/things?format=xlsx", takes_query=True),),
    )
    made = Plugin("made", "Made up", locale_package="wsis_gateway", routes=(route,), pages=(page,))
    pages, *_ = catalogue.catalogue(*reversed(routing.operations(DiscoveryResult((made,), {}))))
    served, _ = pages.find("/x")
    assert query_of("format=csv&lang=fr&limit=020", served) == {"limit": "20"}


@pytest.mark.parametrize("path", ["/en/prizes", "/prizes"])
def test_a_method_that_a_page_has_not_is_answered_with_a_page(pages, path):
    about = {"Accept": "text/html", "Accept-Language": "en"}
    shown = pages._request("DELETE", path, about)
    assert (shown.status, shown.headers["allow"], len(shown.all("//header"))) == (405, "GET, HEAD", 1)


def test_an_address_that_is_none_is_a_page_for_browsers_alone(pages):
    shown = pages.get("/nowhere", Accept="text/html,*/*;q=0.8", **{"Accept-Language": "fr"})
    assert (shown.status, shown.all("/html/@lang"), len(shown.all("//h1"))) == (404, ["fr"], 1)
    for path, accept in (("/nowhere", "*/*"), ("/v1/nowhere", "text/html")):
        shown = pages.get(path, Accept=accept)
        assert (shown.status, shown.headers["content-type"]) == (404, "application/problem+json")
