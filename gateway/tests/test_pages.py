"""What is wrong with the pages of a plugin, and what that does to the suite."""

import re
from dataclasses import replace

import pytest
from marshmallow import fields
from wsis_shared.errors import NotFound
from wsis_shared.pages import Form, Page, Panel, Read
from wsis_shared.plugin import DiscoveryResult, Plugin, Route, discover
from wsis_shared.resources import Deferred
from wsis_shared.schemas import LOCALES, RequestSchema
from wsis_shared.settings import Suite
from wsis_testkit.pages import Pages

from wsis_gateway import forms, routing
from wsis_gateway.web import addresses, catalogue, rendering
from wsis_gateway.web.catalogue import PAGES, problems, unknown
from wsis_gateway.web.visits import query_of

TEMPLATE = "data/web/me.html"


def plugin_with(*pages, panels=()):
    route = Route("GET", "/v1/things/{thing}", "read_thing", "A thing", "public", cache=60)
    return Plugin("made", "Made up", locale_package="wsis_gateway", routes=(route,), pages=pages, panels=panels)


def catalogued(*plugins):
    operations, found = routing.operations(DiscoveryResult(plugins, {}))
    return catalogue.catalogue(found, operations)


def test_the_pages_of_all_plugins_are_sound():
    [unfit] = catalogue.check(discover())
    assert unfit.startswith("unfit: UnacceptableRouteError: ")  # a plugin of these tests, whose routes are wrong
    assert problems("wsis_gateway", PAGES, ()) == []


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (Page("/x", "data/web/nothing.html", "me"), "FileNotFoundError"),
        (Page("/x", TEMPLATE, "no_such_text"), "no text"),
        (Page("/me", TEMPLATE, "me"), "another page has this path"),
        (Page("/x", "data/web/ui.html", "me"), "belongs into the components"),
        (Page("/x", TEMPLATE, "me", reads=(Read("number", "/v1/things/t1"),)), "'number' is a name of all templates"),
        (Page("/x/{date}", TEMPLATE, "me"), "'date' is a name of all templates"),
    ],
)
def test_a_wrong_page_stops_its_plugin_and_no_other(page, said):
    pages, found, operations = catalogued(plugin_with(page))
    assert said in found.rejected["made"]
    assert operations == ()
    assert pages.find("/me") is not None


@pytest.mark.parametrize(
    "more", [{"signed_in": True}, {"permission": "made:manage"}, {"place": "me"}, {"forms": (Form("f", "", then=""),)}]
)
def test_only_what_is_the_same_for_everybody_is_framed(more):
    def wrong(**declared):
        return "; ".join(problems("wsis_gateway", (Page("/x", TEMPLATE, "me", **declared),), ()))

    assert "extends frame.html" in wrong(framed=True)
    assert "the same for everybody" in wrong(framed=True, **more)
    assert wrong(**more) == ""


@pytest.mark.parametrize("where", [{"path": "/desk/x"}, {"path": "/x", "menu": "desk:1"}])
@pytest.mark.parametrize("permission", ["", "made:common"])
def test_a_page_of_the_desk_that_members_may_open_stops_its_plugin(where, permission):
    page = Page(template=TEMPLATE, title="me", reads=(Read("thing", "/v1/things/1"),), permission=permission, **where)
    plugin = replace(plugin_with(page), grants={"member": ("made:common",), "officer": ("made:*",)})
    [reason] = catalogue.check(DiscoveryResult((plugin,), {}))
    assert reason == f"made: {page.path}: every member may open this page of the desk: it needs a permission"
    guarded = replace(plugin, pages=(replace(page, permission="made:manage"),))
    assert catalogue.check(DiscoveryResult((guarded,), {})) == []


@pytest.mark.parametrize("address", ["?after=", "?q=1&after=", "?q=1&amp;after="])
def test_a_template_leaves_the_address_of_the_next_page_to_further(tmp_path, monkeypatch, address):
    package = f"pages_{len(address)}"
    (tmp_path / package).mkdir()
    (tmp_path / package / "list.html").write_text(f'<a href="{{{{ link("/x{address}" ~ rows.next) }}}}"></a>')
    monkeypatch.syspath_prepend(str(tmp_path))
    [wrong] = problems(package, (), (Panel("front", 1, "list.html"),))
    assert "further(rows.next)" in wrong


def test_pages_that_do_not_load_stop_their_plugin_and_no_other():
    plugin = replace(plugin_with(), pages=Deferred("PAGES", "wsis_gateway.no_such_module"))
    _, found, operations = catalogued(plugin)
    reason = "ModuleNotFoundError: No module named 'wsis_gateway.no_such_module'"
    assert (found.rejected, operations) == ({"made": reason}, ())
    assert catalogue.check(DiscoveryResult((plugin,), {})) == [f"made: {reason}"]


@pytest.mark.parametrize("path", ["/docs/things", "/v1/jobs", "/v1/dead-letters", "/v1/dead-letters/{letter}"])
def test_the_check_says_why_a_route_is_rejected(path):
    route = Route("GET", path, "list_things", "Things", "public")
    found = DiscoveryResult((replace(plugin_with(), routes=(route,)),), {"other": "said before"})
    assert catalogue.check(found) == [f"made: ValueError: GET {path}: this path is reserved for the gateway"]


def test_a_path_that_is_spelled_like_one_of_several_services_is_that_of_its_own():
    route = Route("GET", "/v1/dead_letters", "list_things", "Things", "public")
    plugin = replace(plugin_with(), routes=(route,))
    operations, found = routing.operations(DiscoveryResult((plugin,), {}))
    served = []
    serve = routing.serve_all(lambda operation, *_: served.append(operation.route.handler), catalogue.commons(found))
    serve(operations[0], None, None, {})
    assert served == ["list_things"]


def test_a_page_of_a_route_that_is_not_installed_is_left_out():
    page = Page("/x", TEMPLATE, "me", reads=(Read("away", "/v1/elsewhere"),))
    pages, found, operations = catalogued(plugin_with(page))
    assert (pages.find("/x"), found.rejected, len(operations)) == (None, {}, 1)
    assert list(unknown((page,), (), operations)) == ["/x: no service has the route /v1/elsewhere"]
    optional = Page("/x", TEMPLATE, "me", reads=(Read("away", "/v1/elsewhere", optional=True),))
    assert catalogued(plugin_with(optional))[0].find("/x") is not None


def test_a_variable_without_a_source_is_found():
    _, _, operations = catalogued(plugin_with())
    page = Page("/x", TEMPLATE, "me", reads=(Read("thing", "/v1/things/{nobody}"),))
    panel = Panel("front", 1, TEMPLATE, reads=(Read("thing", "/v1/things/{nobody.id}"),))
    assert len(list(unknown((page,), (panel,), operations))) == 2
    form = Page("/x", TEMPLATE, "me", forms=(Form("f", "POST /v1/things", then="/"),))
    assert list(unknown((form,), (), operations)) == ["/x: no service has the route POST /v1/things"]


def test_a_page_knows_what_its_reads_ask_for_and_what_forms_that_lead_there_have_done():
    page = Page("/x/{thing}", TEMPLATE, "me", reads=(Read("thing", "/v1/things/{job}"),))
    form = Form("make", "POST /v1/things", then="/x/{id}?done=made&more={id}")
    plugin = plugin_with(page, Page("/y", TEMPLATE, "me", forms=(form, replace(form, then="/x/{id}?done={id}"))))
    make = Route("POST", "/v1/things", "make_thing", "Make a thing", "made:make")
    pages, _, _ = catalogued(replace(plugin, routes=(*plugin.routes, make)))
    sent = [
        query_of(text, pages.find(path)[0]) for path in ("/x/7", "/y") for text in ("done=made&job=j&after=c", "done=x")
    ]
    assert sent == [{"done": "made", "job": "j"}, {}, {}, {}]


def test_a_page_follows_a_read_that_has_a_stream():
    _, _, operations = catalogued(plugin_with())
    for live, reason in {"thing": "/v1/things/7 has no stream", "other": "it has no read 'other' to follow"}.items():
        page = Page("/x", TEMPLATE, "me", reads=(Read("thing", "/v1/things/7"),), live=live)
        [found] = unknown((page,), (), operations)
        assert reason in found


def test_what_a_template_says_itself():
    assert rendering.literal('{# a #}<p>{{ say("b") }}{% if c %}d{% endif %}</p>') == "<p>d</p>"


@pytest.mark.parametrize(
    ("path", "ours"),
    [("/me?a=b&c=%2F", True), ("/", True), ("//evil", False), ("/\\evil", False), ("https://evil", False), ("", False)],
)
def test_the_path_of_a_page_of_ours(path, ours):
    assert bool(addresses.own_path(path)) is ours


def test_an_address_is_filled_in():
    values = {"edition": "20/17", "ballot": {"order": 0}, "rows": [{"id": "r1"}]}
    assert addresses.fill("/e/{edition}?order={ballot.order}&row={rows.0.id}&none={nobody}", values) == (
        "/e/20%2F17?order=0&row=r1"
    )


def test_a_row_is_found_by_its_position_or_by_what_the_page_shows():
    rows = [{"category": "C1", "project": "p1"}, {"category": "C2", "project": "p2"}, "no row"]
    values = {"category": "C2", "ballot": {"voted": rows}}
    assert addresses.fill("/{ballot.voted.0.project}/{ballot.voted.category.project}", values) == "/p1/p2"
    for none in ("ballot.voted.category.project", "ballot.voted.project.category", "ballot.voted.9.project"):
        with pytest.raises(NotFound):
            addresses.fill(f"/{{{none}}}", {**values, "category": "C3"})


class Inner(RequestSchema):
    text = fields.String()
    number = fields.Integer(strict=True)
    note = fields.String(allow_none=True)


class Outer(RequestSchema):
    title = fields.Dict(keys=fields.String(), values=fields.String())
    rows = fields.List(fields.Nested(Inner))
    codes = fields.List(fields.String())


def test_names_with_dots_lead_into_objects_and_lists():
    sent = [("title.fr", "Titre"), ("title.en", ""), ("codes", "a"), ("codes", ""), ("codes", "b")]
    sent += [("rows.1.text", "second"), ("rows.0.number", "12"), ("rows.0.note", ""), ("rows.2.text", "")]
    assert forms.nested(sent, Outer()) == {
        "title": {"fr": "Titre"},
        "codes": ["a", "b"],
        "rows": [{"number": 12, "note": None}, {"text": "second"}],
    }


def test_each_component_is_shown():
    components = set(re.findall(r"{% macro ([a-z]\w*)\(", rendering.source("ui.html")))
    shown = set(re.findall(r"\bui\.(\w+)\(", rendering.source("components.html")))
    alone = {"summary", "work"}  # one takes the focus, the other has something to solve
    assert components - shown == alone
    page = Pages({}, "accounts").get("/en/docs/components")
    ids = page.all("//@id")
    assert (page.status, len(ids)) == (200, len(set(ids)))


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("path", ["/accessibility", "/privacy", "/contact"])
def test_what_the_site_says_of_itself_is_on_every_page(path, language):
    shown = Pages({}, "accounts").get(f"/{language}{path}")
    assert (shown.status, len(shown.all("//h1")), shown.headers["cache-control"][:6]) == (200, 1, "public")
    assert f"/{language}{path}" in shown.all("//footer//a/@href")


def test_the_contact_is_the_one_of_the_installation(monkeypatch):
    monkeypatch.setenv("WSIS_CONTACT", "forum@wsis.example")
    Suite.forget_current()
    shown = Pages({}, "accounts").get("/en/contact")
    Suite.forget_current()
    assert shown.all("//main//a/@href") == ["mailto:forum@wsis.example"]
