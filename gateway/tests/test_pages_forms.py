"""What visitors and faults may do to forms of pages: nothing that was typed is lost, and nothing is done twice."""

import json
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from marshmallow import Schema, fields
from wsis_shared import clock
from wsis_shared.errors import Invalid, Unauthenticated, Unavailable
from wsis_shared.reference.sets import CORE
from wsis_shared.schemas import Locale, Localised, Utc
from wsis_testkit.pages import Pages
from wsis_testkit.waiting import wait_for

from wsis_gateway import forms
from wsis_gateway.web import forms as web_forms
from wsis_gateway.web.forms import FormState, Own
from wsis_gateway.web.texts import OWN, Words

SESSION = {"started_at": "2017-02-20T08:00:00Z", "used_at": "2017-02-20T09:30:00Z", "ends_at": "2017-03-22T09:30:00Z"}
ROWS = [{"session": name, "current": False, **SESSION} for name in ("s1", "s2")]
BALLOT = {"edition": "2017", "state": "open", "done": 0, "of": 1, "voted": [], "missing": ["C2"], "order": 5}
NOMINEE = {"project": "p1", "title": "Project", "organization": "Org", "country": "KE", "language": "en"}
ACCESS, REFRESH = "__Host-wsis", "__Host-wsis-r"
SESSIONS, VOTE = "/en/me/sessions", "/en/editions/2017/vote/C2"


@pytest.fixture
def pages():
    pages = Pages({}, "accounts", "prizes", "voting").sign_in()

    pages.bus.answers |= {
        "accounts.list_sessions": {"items": ROWS, "next": None},
        "accounts.request_code": {"message": "On its way"},
        "accounts.sign_in": pages.tokens,
        "accounts.refresh": pages.tokens,
        "accounts.sign_out": None,
        "accounts.end_my_session": None,
        "prizes.list_nominees": {"items": [NOMINEE], "next": None, "edition": "2017", "order": 5},
        "voting.read_ballot": BALLOT,
        "voting.cast": {**BALLOT, "repeated": False, "receipt": None},
    }
    return pages


def sent(pages, call):
    return [(arguments, ctx) for name, arguments, ctx in pages.bus.calls if name == call]


def over(pages):
    """The session with an access token that is over, and a refresh token."""
    pages.cookies = {ACCESS: pages.signer.token(exp=0), REFRESH: "r1"}


# -- texts that nobody types ------------------------------------------------------------------------------------------


def test_a_variable_of_the_path_that_is_no_id_is_not_there(pages):
    assert pages.post(SESSIONS, {"session": "€"}).status == 404
    assert sent(pages, "accounts.end_my_session") == []


def test_a_time_that_is_none_is_for_the_schema_to_refuse():
    schema = Schema.from_dict({"at": Utc()})()
    assert forms.nested([("at", "sixteen letters!")], schema) == {"at": "sixteen letters!"}
    assert forms.nested([("at", "2017-04-30T23:00")], schema) == {"at": "2017-04-30T21:00:00Z"}


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("2017-04-30T23:59", "30 April 2017, 23:59 (Geneva time)"),
        ("2017-05-01", "1 May 2017"),
        ("2017-13-01", "2017-13-01"),
    ],
)
def test_a_check_says_days_and_times_in_words(typed, shown):
    schema = Schema.from_dict({"at": Utc() if "T" in typed else fields.String()})()
    state = FormState("move", schema, Words(OWN, "en", {}), pairs=(("at", typed),))
    state.control("at", label="At")
    assert state.shown() == [("At", shown)]


def test_a_check_says_each_value_of_a_field_that_takes_several_by_its_title():
    schema = Schema.from_dict(
        {"of": fields.List(Locale()), "days": fields.List(fields.String()), "title": Localised()}
    )()
    typed = [("of", ""), ("of", "fr"), ("of", "ar"), ("days", "2017-06-13"), ("days", ""), ("title.fr", "Réunion")]
    words = Words(OWN, "en", {row.name: row for row in CORE})
    state = FormState("move", schema, words, pairs=tuple(typed))
    state.control("of", label="In")
    state.control("days", label="Days")
    state.control("title.fr", label="French", within="Title")
    said = {"In": "French, Arabic", "Days": "13 June 2017", "Title · French": "Réunion"}
    assert dict(state.shown()) == said
    assert dict(state.shown(without=("days",))) == {key: text for key, text in said.items() if key != "Days"}


@pytest.mark.parametrize(
    ("name", "text", "coded"),
    [
        ("of@countries", " kenya ", ("of", "KE")),
        ("of@countries", "Atlantis", ("of", "Atlantis")),
        ("of@made_up", "Kenya", ("of@made_up", "Kenya")),
        ("of", "Kenya", ("of", "Kenya")),
    ],
)
def test_a_title_that_was_typed_becomes_its_code(name, text, coded):
    words = Words(OWN, "en", {row.name: row for row in CORE})
    assert web_forms.coded([(name, text)], words) == [coded]


def test_those_without_a_region_have_a_title_and_no_form_offers_them():
    words = Words(OWN, "fr", {row.name: row for row in CORE})
    assert words.label("regions", "international") == "Organisations internationales"
    assert "international" not in words.labels("regions")


@pytest.mark.parametrize("title", ["C1. دور الحكومات", "C1. Governments", "دور الحكومات C1"])
def test_a_title_of_arabic_that_begins_with_a_code_is_set_from_the_right(title):
    rows = SimpleNamespace(load=lambda: [{"code": "C1", "title": {"ar": title}}])
    mark = "\u200f" if title == "C1. دور الحكومات" else ""
    assert Words(OWN, "ar", {"lines": rows}).label("lines", "C1") == mark + title


def test_a_line_of_a_list_that_was_left_empty_is_none():
    row = Schema.from_dict(
        {"title": Localised(required=True), "of": fields.List(fields.String()), "n": fields.Integer()}
    )
    schema = Schema.from_dict({"rows": fields.List(fields.Nested(row))})()
    pairs = [("rows.0.title.en", "One"), *((f"rows.1.{name}", "") for name in ("title.en", "title.fr", "of", "n"))]
    assert forms.nested(pairs, schema) == {"rows": [{"title": {"en": "One"}}]}


@pytest.mark.parametrize("moment", ["2017-04-30T21:00:00Z", "2017-04-30T21:59:59Z", "2017-12-31T23:00:00Z"])
def test_a_moment_begins_with_the_time_of_geneva_that_a_browser_sends(moment):
    schema = Schema.from_dict({"at": Utc()})()
    shown = FormState("move", schema, Words(OWN, "en", {})).control("at", moment, label="At")
    assert shown.type == "datetime-local"
    assert "Z" not in shown.value
    assert forms.nested([("at", shown.value)], schema) == {"at": moment}
    assert forms.nested([("at", "2017-04-30T21+02:00")], schema) == {"at": "2017-04-30T21+02:00"}


def test_who_sends_an_older_revision_ticks_that_it_is_replaced(pages):
    shown = pages.get("/docs/components")
    [box] = shown.all("//input[@id='revised-ltr-revision']/@value")
    assert box == '"2-b"', "the last of two fields counts, and the first is that which was read"


def test_after_a_look_at_what_follows_a_form_is_still_for_the_revision_that_was_read():
    look, save = (FormState(name, Schema(), Words(OWN, "en", {})) for name in ("look", "save"))
    sent = replace(look, pairs=(("title", "Mine"),), own=Own(key="k1", revision='"2-b"'))
    shown = sent.done({"ok": True})
    assert ("_revision", '"2-b"') in shown.hidden
    assert ("_revision", '"2-b"') in shown.lend(save).hidden
    assert "_revision" not in dict(sent.done({"ok": True}, kept=()).lend(save).hidden), "that one is saved"


@pytest.mark.parametrize(
    "returns",
    [
        "[" * 60000,
        "{",
        "1" * 5000,
        "{}",
        json.dumps({"path": "/me/sessions", "form": "end", "pairs": [["x", "\ud800"]]}),
    ],
)
def test_a_made_up_return_leads_to_the_front(pages, returns):
    pages.cookies.clear()
    shown = pages.post("/en/confirm", {"_return": returns, "email": "amina@example.org", "code": "123456"})
    assert (shown.address, shown.status) == ("/en/", 200)
    assert REFRESH in pages.cookies, "the session has begun"


# -- the end of a session ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [Unavailable("made.up", ""), Unauthenticated("made.up", "")])
def test_a_sign_out_forgets_the_session_whatever_fails(pages, answer):
    pages.cookies[REFRESH] = "r1"
    pages.bus.answers |= {"accounts.sign_out": answer, "accounts.refresh": answer}
    shown = pages.post("/en/sign-out", {})
    assert pages.cookies == {}
    assert shown.status == (503 if isinstance(answer, Unavailable) else 200)


def test_a_sign_out_without_a_session_is_done(pages):
    pages.cookies.clear()
    assert pages.post("/en/sign-out", {}).address == "/en/"


def test_a_token_that_is_over_is_renewed_where_a_form_is_checked(pages):
    over(pages)
    check = pages.post(VOTE, {"category": "C2", "project": "p1"})
    assert (check.status, check.text("//h1")) == (200, "Check your vote")
    assert pages.cookies[REFRESH] == "r2"


def test_a_form_is_as_old_as_its_body_and_not_as_its_session(pages):
    over(pages)
    renewed, times = pages.bus.answers["accounts.refresh"], []

    def slow(arguments):
        times.append(clock.now())
        assert wait_for(lambda: clock.now() - times[0] > timedelta(milliseconds=5), 5)
        return renewed(arguments)

    pages.bus.answers["accounts.refresh"] = slow
    pages.post(VOTE, {"_checked": "1", "category": "C2", "project": "p1"})
    [(_, ctx)] = sent(pages, "voting.cast")
    assert ctx.received_at <= times[0]


def test_headers_of_the_page_are_not_those_of_its_calls(pages):
    pages.cookies = {REFRESH: "r1"}
    headers = {"Content-Encoding": "gzip", "Idempotency-Key": "é" * 300, "Prefer": "wait=0", "If-Match": "x"}
    assert pages.get(SESSIONS, **headers).status == 200
    assert pages.cookies[REFRESH] == "r2"


# -- what was typed ---------------------------------------------------------------------------------------------------


def test_what_was_typed_comes_back_where_the_page_does_not_answer(pages):
    for away in ("prizes.list_nominees", "voting.cast"):
        pages.bus.answers[away] = Unavailable("suite.service_away", "")
    shown = pages.post(VOTE, {"_checked": "1", "_key": "k1", "category": "C2", "project": "p1"})
    assert shown.status == 503
    fields = dict(shown.tree.forms[0].form_values())
    assert (fields["category"], fields["project"], fields["_key"]) == ("C2", "p1", "k1")
    assert shown.tree.forms[0].action == VOTE
    assert "send the form again" in shown.text("//div[@role='alert']")


def test_a_form_that_nobody_answered_says_that_it_can_be_sent_again(pages):
    pages.bus.answers["accounts.end_my_session"] = Unavailable("suite.no_answer_in_time", "")
    shown = pages.post(SESSIONS.replace("/en/", "/fr/"), {"session": "s2"})
    assert (shown.status, "envoyez de nouveau" in shown.text("//div[@role='alert']")) == (503, True)
    pages.bus.answers["accounts.end_my_session"] = Invalid("made.up", "")
    shown = pages.post(SESSIONS, {"session": "s2"})
    assert (shown.status, "send the form again" in shown.text("//div[@role='alert']")) == (422, False)


def test_a_form_that_is_done_need_not_be_sent_again(pages):
    pages.bus.answers |= {
        "accounts.make_authenticator": {"secret": "s", "uri": "otpauth://totp/x", "recovery_codes": []},
        "accounts.read_authenticator": Unavailable("suite.service_away", ""),
    }
    shown = pages.post("/en/me/second-factor", {"_form": "make"})
    assert (shown.status, len(sent(pages, "accounts.make_authenticator"))) == (503, 1)
    assert "send the form again" not in shown.text("//div[@role='alert']")


def test_a_fault_of_the_renewal_loses_neither_the_form_nor_the_session(pages):
    pages.cookies = {REFRESH: "r1"}
    pages.bus.answers["accounts.refresh"] = Unavailable("suite.service_away", "")
    shown = pages.post(VOTE, {"category": "C2", "project": "p1"})
    assert (shown.status, pages.cookies) == (503, {REFRESH: "r1"})
    assert ("project", "p1") in shown.tree.forms[0].form_values()


@pytest.mark.parametrize(("length", "carried"), [(25_000, True), (27_500, False)])
def test_a_long_text_in_any_script_survives_the_sign_in(pages, length, carried):
    pages.cookies.clear()
    text = "\u5b57" * length
    shown = pages.post(SESSIONS, {"session": "s2", "note": text})
    assert (shown.status, shown.text("//h1") == "Sign in") == (401, carried)
    if carried:
        shown = shown.send(email="amina@example.org")
        shown = shown.send(1)  # mail it again
        shown = shown.send(email="amina@example.org", code="123456")
        assert "Nothing was sent yet" in shown.text("//div[@role='alert']")
    else:
        assert ("note", text) in shown.tree.forms[0].form_values()


# -- one act of each button -------------------------------------------------------------------------------------------


def test_each_button_has_a_key_of_its_own(pages):
    keys = pages.get(SESSIONS).all("//input[@name='_key']/@value")
    assert len(set(keys)) == len(keys) == 3


def test_a_key_that_was_used_is_replaced(pages):
    code = "suite.idempotency_key_reused"
    pages.bus.answers["accounts.end_my_session"] = Invalid(code, "", fields={"Idempotency-Key": ["Used."]})
    shown = pages.post(SESSIONS, {"_key": "k1", "session": "s2"})
    assert shown.status == 422
    assert "k1" not in shown.all("//input[@name='_key']/@value")
    pages.bus.answers["accounts.end_my_session"] = Unavailable("suite.service_away", "")
    shown = pages.post(SESSIONS, {"_key": "k1", "session": "s2"})
    keys = {each.fields["session"]: each.fields["_key"] for each in shown.tree.forms if "session" in each.fields}
    assert keys["s2"] == "k1", "it may have been done"
    assert keys["s1"] not in ("", "k1"), "another row is another act"


# -- what is wrong, by the words of the page --------------------------------------------------------------------------


def test_an_error_is_named_by_the_label_that_the_page_has_for_its_field(pages):
    shown = pages.get(VOTE).send()
    [link] = shown.all("//div[@role='alert']//a")
    label = shown.text("//fieldset/legend")
    assert link.text.startswith(f"{label}: "), "the category: the route calls it project"
    assert shown.all(f"//*[@id='{link.get('href')[1:]}']")


def test_an_error_of_a_field_that_the_page_has_not_leads_nowhere(pages):
    shown = pages.post("/en/sign-in", {"email": "amina@example.org", "colour": "xx"})
    assert shown.status == 422
    assert shown.all("//div[@role='alert']//a") == []
    assert shown.text("//div[@role='alert']//li").startswith("colour: ")
