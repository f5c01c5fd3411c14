"""From the mailed code by the authenticator app to the page that was asked for, through the real gateway, as the images
demand it of staff."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from wsis_shared import clock
from wsis_shared.context import Actor

from wsis_accounts.rules import authenticators
from wsis_accounts.rules.sessions import FRESH

from .browsing import ORIGIN, Browser, enter, hidden
from .conftest import Client, appointed

STEP, DESK = "/en/me/second-factor", "?next=%2Fdesk"
TYPED = "Sent spam; called back"
_SECRET = re.compile(r"<code[^>]*>([A-Z2-7]{32})</code>")


@pytest.fixture(scope="module")
def accounts(serve: Any, database: Any, published: Any) -> Any:
    events = published("accounts")
    served = serve("accounts", WSIS_PUBLIC_URL=ORIGIN, WSIS_STAFF_SECOND_FACTOR="yes", WSIS_CHALLENGE_COST="10")
    served.database, served.events = database("accounts"), events
    return served


@pytest.fixture(scope="module")
def http(accounts: Any, open_gateway: Any) -> httpx.Client:
    rates = {f"WSIS_LIMIT_{name}": "100000/minute" for name in ("READ", "WRITE", "SIGN_IN", "REGISTER", "RENEW")}
    client: httpx.Client = open_gateway("accounts", WSIS_PUBLIC_URL=ORIGIN, WSIS_KEYS_FROM="", **rates)
    return client


@pytest.fixture
def browser(http: httpx.Client) -> Browser:
    return Browser(http)


@pytest.fixture
def staff(client: Client) -> Client:
    """An officer without an app."""
    appointed(client.address)
    return client


@pytest.fixture
def app(staff: Client) -> Callable[[], str]:
    """The app of an officer, which has shown its first code before."""
    tokens = staff.sign_in()
    who = Actor(tokens["account"], ("member",), tokens["refresh_token"].split(".")[0])
    secret = staff.served.call("make_authenticator", who)["secret"]
    staff.post("show_code", code=code(secret), refresh_token=tokens["refresh_token"])
    return lambda: code(secret, later=1)


def code(secret: str, later: int = 0) -> str:
    """What the app shows now, or steps later: each code works once."""
    return authenticators.code(secret, clock.now() + later * authenticators.STEP)


def set_up(browser: Browser, page: httpx.Response, address: str = STEP) -> tuple[httpx.Response, str]:
    """Press the button of a page that asks for an app; returns the next page, and the first code."""
    assert "Set up an authenticator app" in page.text
    made = browser.post(address, **hidden(page))
    found = _SECRET.search(made.text)
    assert found, made.text
    return made, code(found[1])


def alert(page: httpx.Response) -> str:
    return page.text.partition('role="alert"')[2].partition("</div>")[0]


def test_an_officer_with_an_app_is_asked_for_its_code_and_goes_on(
    browser: Browser, staff: Client, app: Callable[[], str]
) -> None:
    asked = enter(browser, staff, DESK)
    assert (asked.status_code, asked.headers["location"]) == (303, f"{STEP}{DESK}")
    page = browser.get(f"{STEP}{DESK}")
    assert 'name="code"' in page.text
    done = browser.post(STEP, **hidden(page), code=app())
    assert (done.status_code, done.headers["location"]) == (303, "/en/desk")
    assert browser.get("/en/desk").status_code == 200


def test_an_officer_without_an_app_sets_one_up_and_goes_on(browser: Browser, staff: Client) -> None:
    asked = enter(browser, staff, DESK)
    assert (asked.status_code, asked.headers["location"]) == (303, f"{STEP}{DESK}")
    made, first = set_up(browser, browser.get(f"{STEP}{DESK}"))
    done = browser.post(STEP, **hidden(made), code=first)
    assert (done.status_code, done.headers["location"]) == (303, "/en/desk")
    assert browser.get("/en/desk").status_code == 200


def test_who_asked_for_no_page_goes_on_to_their_own(browser: Browser, staff: Client, app: Callable[[], str]) -> None:
    asked = enter(browser, staff)
    assert asked.headers["location"] == f"{STEP}?next=%2Fme"
    done = browser.post(STEP, **hidden(browser.get(asked.headers["location"])), code=app())
    assert done.headers["location"] == "/en/me"
    assert "Enter the code" not in browser.get("/en/me").text


@pytest.mark.parametrize(("query", "page"), [("", "/en/me"), ("?next=%2Fme%2Fsessions", "/en/me/sessions")])
def test_a_member_is_asked_for_nothing_more(browser: Browser, client: Client, query: str, page: str) -> None:
    client.tokens()
    assert enter(browser, client, query).headers["location"] == page
    assert browser.get(page).status_code == 200
    assert browser.get("/en/desk").status_code == 403, "no code would open it"


def test_a_wrong_code_is_typed_again_and_leads_on(browser: Browser, staff: Client, app: Callable[[], str]) -> None:
    page = browser.get(enter(browser, staff, DESK).headers["location"])
    wrong = browser.post(STEP, **hidden(page), code="000000")
    assert wrong.status_code == 422
    assert "Type what the app shows now." in alert(wrong)
    done = browser.post(STEP, **hidden(wrong), code=app())
    assert (done.status_code, done.headers["location"]) == (303, "/en/desk")


def test_who_leaves_the_step_is_led_back_to_it_from_the_desk(
    browser: Browser, staff: Client, app: Callable[[], str]
) -> None:
    enter(browser, staff)
    led = browser.get("/en/desk/accounts?role=officer")
    assert led.status_code == 303
    page = browser.get(led.headers["location"])
    done = browser.post(STEP, **hidden(page), code=app())
    assert done.headers["location"] == "/en/desk/accounts?role=officer"
    assert browser.get("/en/desk/accounts?role=officer").status_code == 200


@pytest.mark.parametrize(
    "planted", ["//evil.example", "/%5Cevil.example", "https://evil.example", "/x%0D%0Ay", "%2F%2Fe"]
)
def test_the_step_leads_to_no_other_site(browser: Browser, staff: Client, app: Callable[[], str], planted: str) -> None:
    enter(browser, staff)
    fields = hidden(browser.get(f"{STEP}?next={planted}"))
    assert "_next" not in fields
    done = browser.post(STEP, **{**fields, "_next": "//evil.example", "code": app()})
    assert (done.status_code, done.headers["location"]) == (303, f"{STEP}?done=shown")


@pytest.fixture
def carried(browser: Browser, staff: Client, people: Any) -> tuple[str, httpx.Response]:
    """The page of an account, and what is shown after the mailed code: an officer blocked it after their session had
    ended."""
    page = f"/en/desk/accounts/{people().member().id}"
    over = browser.post(page, _form="block", reason=TYPED)
    assert (over.status_code, "what you typed comes back" in alert(over)) == (401, True)
    asked = browser.post("/en/sign-in", **hidden(over), email=staff.address)
    mailed = staff.mail("sign_in_requested")["code"]
    return page, browser.post("/en/confirm", **hidden(asked), code=mailed)


def test_a_form_comes_back_after_both_steps(
    browser: Browser, app: Callable[[], str], carried: tuple[str, httpx.Response]
) -> None:
    page, step = carried
    assert (step.status_code, 'name="code"' in step.text) == (200, True)
    wrong = browser.post(STEP, **hidden(step), code="000000")
    assert wrong.status_code == 422
    comes_back(browser, page, browser.post(STEP, **hidden(wrong), code=app()))


def test_a_form_comes_back_after_an_app_was_set_up(browser: Browser, carried: tuple[str, httpx.Response]) -> None:
    page, step = carried
    made, first = set_up(browser, step)
    comes_back(browser, page, browser.post(STEP, **hidden(made), code=first))


def comes_back(browser: Browser, address: str, page: httpx.Response) -> None:
    """Its whole page, filled in; it is sent from there."""
    assert (page.status_code, "Nothing was sent yet" in alert(page)) == (200, True)
    form = next(form for form in page.text.split("<form") if 'value="block"' in form)
    assert TYPED in form
    assert 'name="roles"' in page.text, "the page, and not its fields alone"
    check = browser.post(address, **hidden(httpx.Response(200, text=f"<form{form}")), reason=TYPED)
    assert check.status_code == 200
    done = browser.post(address, **hidden(check))
    assert (done.status_code, done.headers["location"]) == (303, f"{address}?done=yes")


def test_a_session_that_ends_before_the_step_loses_nothing(
    browser: Browser, app: Callable[[], str], carried: tuple[str, httpx.Response], staff: Client
) -> None:
    page, step = carried
    browser.cookies.clear()
    over = browser.post(STEP, **hidden(step), code="000000")
    assert (over.status_code, 'name="email"' in over.text) == (401, True)
    asked = browser.post("/en/sign-in", **hidden(over), email=staff.address)
    step = browser.post("/en/confirm", **hidden(asked), code=staff.mail("sign_in_requested")["code"])
    comes_back(browser, page, browser.post(STEP, **hidden(step), code=app()))


def test_a_session_that_ends_before_the_step_leads_to_the_sign_in(browser: Browser, staff: Client) -> None:
    page = browser.get(enter(browser, staff, DESK).headers["location"])
    browser.cookies.clear()
    for form in ("make", "show"):
        over = browser.post(STEP, **{**hidden(page), "_form": form, "code": "000000"})
        assert (over.status_code, over.headers["location"]) == (303, f"/en/sign-in{DESK}")


@pytest.fixture
def other_step(browser: Browser, staff: Client, people: Any) -> tuple[str, httpx.Response]:
    """The page of an account, and what an officer is shown who blocks it in a session without the second factor."""
    page = f"/en/desk/accounts/{people().member().id}"
    enter(browser, staff)
    return page, browser.post(page, _form="block", reason=TYPED)


def test_a_form_that_needs_the_second_factor_leads_there_and_comes_back(
    browser: Browser, app: Callable[[], str], other_step: tuple[str, httpx.Response]
) -> None:
    page, step = other_step
    assert (step.status_code, 'name="code"' in step.text) == (403, True)
    assert "What you typed comes back" in alert(step)
    assert "/sign-in?next=" not in step.text
    comes_back(browser, page, browser.post(STEP, **hidden(step), code=app()))


def test_a_form_that_needs_an_app_comes_back_after_one_was_set_up(
    browser: Browser, other_step: tuple[str, httpx.Response]
) -> None:
    page, step = other_step
    assert (step.status_code, "/sign-in?next=" in step.text) == (403, False)
    made, first = set_up(browser, step)
    comes_back(browser, page, browser.post(STEP, **hidden(made), code=first))


def test_a_form_that_no_second_factor_opens_stays_refused(browser: Browser, client: Client, people: Any) -> None:
    client.tokens()
    enter(browser, client)
    refused = browser.post(f"/en/desk/accounts/{people().member().id}", _form="block", reason=TYPED)
    assert (refused.status_code, TYPED in refused.text, "second step" in refused.text) == (403, True, False)


def test_a_form_comes_back_after_a_sign_in_that_was_too_old_for_an_app(
    browser: Browser, staff: Client, carried: tuple[str, httpx.Response]
) -> None:
    page, step = carried
    staff.served.database.sessions.update_many({}, {"$set": {"started_at": clock.now() - FRESH}})
    over = browser.post(STEP, **hidden(step))
    assert (over.status_code, "what you typed comes back" in alert(over)) == (401, True)
    asked = browser.post("/en/sign-in", **hidden(over), email=staff.address)
    step = browser.post("/en/confirm", **hidden(asked), code=staff.mail("sign_in_requested")["code"])
    made, first = set_up(browser, step)
    comes_back(browser, page, browser.post(STEP, **hidden(made), code=first))
