"""What other sites, thieves and chance do to the session of a page, through the real gateway."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from .browsing import ORIGIN, OURS, Browser, enter, hidden
from .conftest import Client

ACCESS, REFRESH = "__Host-wsis", "__Host-wsis-r"


@pytest.fixture(scope="module")
def http(accounts: Any, open_gateway: Any) -> httpx.Client:
    """The gateway with the pages of accounts."""
    rates = {f"WSIS_LIMIT_{name}": "100000/minute" for name in ("READ", "WRITE", "SIGN_IN", "REGISTER", "RENEW")}
    return open_gateway("accounts", WSIS_PUBLIC_URL=ORIGIN, WSIS_KEYS_FROM="", **rates)


@pytest.fixture
def browser(http: httpx.Client) -> Browser:
    return Browser(http)


@pytest.fixture
def member(http: httpx.Client, client: Client) -> Browser:
    """A browser that is signed in, by the pages."""
    browser = Browser(http)
    client.tokens()
    enter(browser, client)
    assert browser.get("/en/me").status_code == 200
    return browser


def mailed_link(client: Client) -> dict[str, str]:
    """What the script of the page takes from the link of a mail."""
    client.post("request_code", email=client.address)
    challenge, _, code = client.mail("sign_in_requested")["url"].partition("#")[2].partition(".")
    return {"challenge": challenge, "code": code}


# -- forms of other sites ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": "https://wsis.example.evil.example"},
        {"Origin": "http://wsis.example"},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "same-site"},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "none"},
        {"Referer": f"{ORIGIN}/en/sign-in"},
    ],
    ids=str,
)
def test_a_form_that_is_not_ours_is_refused(member: Browser, headers: dict[str, str]) -> None:
    for path in ("/en/sign-in", "/en/sign-out", "/en/me/sessions"):
        assert member.post(path, headers, email="a@ngo.example", session="x").status_code == 403
    assert member.get("/en/me").status_code == 200


@pytest.mark.parametrize("headers", [{"Origin": ORIGIN}, {"Sec-Fetch-Site": "same-origin"}, OURS], ids=str)
def test_a_form_of_ours_is_taken(browser: Browser, client: Client, headers: dict[str, str]) -> None:
    assert browser.post("/en/sign-in", headers, email=client.address).status_code == 303


# -- redirects ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "next_page",
    [
        "//evil.example",
        "/%5Cevil.example",
        "https://evil.example",
        "/x%0D%0ASet-Cookie:a=b",
        "javascript:x",
        "%2F%2Fevil",
    ],
)
def test_a_sign_in_leads_to_no_other_site(browser: Browser, client: Client, next_page: str) -> None:
    client.tokens()
    done = enter(browser, client, f"?next={next_page}")
    assert (done.status_code, done.headers["location"]) == (303, "/en/me")


def test_a_sign_in_leads_back_to_our_page(browser: Browser, client: Client) -> None:
    client.tokens()
    asked = browser.get("/en/me/sessions")
    assert (asked.status_code, asked.headers["location"]) == (303, "/en/sign-in?next=%2Fme%2Fsessions")
    assert enter(browser, client, "?next=%2Fme%2Fsessions").headers["location"] == "/en/me/sessions"


@pytest.mark.parametrize("asked", [False, True], ids=["has asked for nothing", "waits for a code"])
def test_a_link_of_another_account_leads_to_what_names_it(
    browser: Browser, client: Client, people: Any, asked: bool
) -> None:
    """Its sender adds a page where the visitor would go on in the sender's account, unaware: a ballot."""
    attacker, page = people(), "/en/confirm?next=%2Feditions%2F2017%2Fvote%2FC5"
    attacker.tokens()
    if asked:
        browser.post("/en/sign-in", **hidden(browser.get("/en/sign-in")), email=client.address)
    fields = {name: text for name, text in hidden(browser.get(page)).items() if name != "email"}
    done = browser.post(page, **{**fields, **mailed_link(attacker)})
    assert (done.status_code, done.headers["location"]) == (303, "/en/me")
    assert attacker.address in browser.get("/en/me").text


# -- cookies -----------------------------------------------------------------------------------------------------------


def test_each_cookie_is_for_this_host_by_https_and_for_no_script(member: Browser) -> None:
    kept = {"path=/", "secure", "httponly"}
    session = {name: kept | {"samesite=lax"} for name in (ACCESS, REFRESH)}
    assert member.attributes == {**session, "__Host-wsis-a": kept | {"samesite=strict"}}


def test_no_cookie_opens_the_api(member: Browser) -> None:
    assert member.get("/v1/me").status_code == 401
    token = member.cookies[ACCESS]
    member.cookies.clear()
    assert member.get("/v1/me", Authorization=f"Bearer {token}").status_code == 200


def test_a_cookie_without_its_prefix_or_twice_is_none(member: Browser) -> None:
    token, refresh = member.cookies[ACCESS], member.cookies[REFRESH]
    member.cookies = {"wsis": token, "wsis-r": refresh, "Host-wsis": token}
    assert member.get("/en/me").status_code == 303
    member.cookies.clear()
    for space in (b"\xa0", b"\x85"):  # another host may set these, as no browser takes them for the name
        planted_name = space + f"{ACCESS}={token}".encode()
        assert member.get("/en/me", Cookie=planted_name).status_code == 303
    planted = f"{ACCESS}={token}; {ACCESS}=planted; {REFRESH}={refresh}; {REFRESH}=planted"
    assert member.get("/en/me", Cookie=planted).status_code == 303


def test_a_sign_in_ends_the_session_that_was_planted(member: Browser, people: Any) -> None:
    """Another has their own session in this browser; who signs in gets a new one, and the other's ends."""
    planted, owner = dict(member.cookies), people()
    owner.tokens()
    enter(member, owner)
    assert member.cookies[ACCESS] != planted[ACCESS]
    member.cookies = {REFRESH: planted[REFRESH]}
    assert member.get("/en/me").status_code == 303


# -- tabs and history --------------------------------------------------------------------------------------------------


def test_tabs_that_renew_at_once_stay_signed_in(member: Browser, http: httpx.Client) -> None:
    del member.cookies[ACCESS]  # its time is over
    tabs = [Browser(http) for _ in range(4)]
    for tab in tabs:
        tab.cookies = dict(member.cookies)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda tab: tab.get("/en/me").status_code, tabs)) == [200] * 4
    assert len({tab.cookies[REFRESH] for tab in tabs}) == 1
    assert tabs[0].cookies[REFRESH] != member.cookies[REFRESH]
    assert [tab.get("/en/me").status_code for tab in tabs] == [200] * 4


def test_nothing_comes_back_after_a_sign_out(member: Browser) -> None:
    page = member.get("/en/me")
    assert page.headers["cache-control"] == "no-store"
    kept = dict(member.cookies)
    left = member.post("/en/sign-out", **hidden(member.get("/en/sign-out")))
    assert (left.status_code, member.cookies) == (303, {})
    assert member.get("/en/me").status_code == 303
    member.cookies = {REFRESH: kept[REFRESH]}
    assert member.get("/en/me").status_code == 303, "the session is over, not only its cookies"


def test_pages_say_to_browsers_what_they_are(member: Browser) -> None:
    for path in ("/en/", "/en/me", "/en/sign-in", "/en/nowhere"):
        found = member.get(path).headers
        policy = found["content-security-policy"]
        assert "unsafe" not in policy
        assert ("frame-ancestors 'none'" in policy, "form-action 'self'" in policy) == (True, True)
        assert (found["x-frame-options"], found["x-content-type-options"]) == ("DENY", "nosniff")
