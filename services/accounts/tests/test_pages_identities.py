"""The pages of identity providers: without a broker, and as a browser goes to a real one and comes back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from wsis_shared.errors import Forbidden, Unavailable
from wsis_shared.schemas import LOCALES
from wsis_testkit.oidc import Provider
from wsis_testkit.pages import Pages

from .browsing import ORIGIN, Browser, enter, hidden
from .conftest import Client

JOURNEY, ACCESS = "__Host-wsis-i", "__Host-wsis"
NAMES = {"en": "ITU", "fr": "UIT"}
AWAY = {"url": "https://login.itu.example/a?state=s1", "binding": "b1", "names": NAMES}
KEPT = {"identity": "i1", "provider": "itu", "names": NAMES, "added_at": "2017-03-20T12:00:00Z", "used_at": None}
BACK = urlencode({"state": "s1", "code": "c1", "iss": "https://login.itu.example"})


@pytest.fixture
def pages() -> Pages:
    pages = Pages(
        {
            "accounts.list_providers": {"providers": [{"provider": "itu", "names": NAMES}]},
            "accounts.list_identities": {"identities": [KEPT]},
            "accounts.request_identity": AWAY,
            "accounts.request_my_identity": AWAY,
            "accounts.add_identity": KEPT,
            "accounts.remove_identity": None,
        },
        "accounts",
    )
    pages.bus.answers["accounts.sign_in_by_identity"] = pages.tokens
    return pages


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize(
    "path",
    ["/sign-in", "/me/identities", f"/sign-in/return/itu?{BACK}", "/sign-in/return/itu?error=access_denied&state=a1"],
)
def test_a_page_shows_in_each_language(pages: Pages, path: str, language: str) -> None:
    shown = pages.sign_in().get(f"/{language}{path}")
    assert (shown.status, len(shown.all("//h1"))) == (200, 1)
    assert "None" not in shown.text()
    assert "access_denied" not in shown.html


def test_the_sign_in_has_a_button_for_each_provider_and_leads_there(pages: Pages) -> None:
    shown = pages.get("/fr/sign-in?next=%2Fdesk")
    left = shown.send(shown.form("Se connecter par UIT"))
    assert left.headers["refresh"] == f"0;url={AWAY['url']}"
    assert left.all("//main//a/@href") == [AWAY["url"]], "for browsers that do not go by themselves"
    assert pages.cookies[JOURNEY] == "b1.%2Fdesk"


def test_the_return_signs_in_by_one_press(pages: Pages) -> None:
    pages.cookies[JOURNEY] = "b1.%2Fme%2Fidentities"
    back = pages.get(f"/en/sign-in/return/itu?{BACK}")
    assert pages.bodies("sign_in_by_identity") == [], "to open the page changes nothing"
    entered = back.send()
    [sent] = pages.bodies("sign_in_by_identity")
    brought = {"provider": "itu", "state": "s1", "code": "c1", "iss": "https://login.itu.example"}
    assert sent == {**brought, "binding": "b1"}
    assert (entered.address, entered.status) == ("/en/me/identities", 200)
    assert JOURNEY not in pages.cookies


@pytest.mark.parametrize("planted", ["//evil.example", "https://evil.example", "/\\evil.example", "/x\r\ny", ""])
def test_the_return_leads_to_no_other_site(pages: Pages, planted: str) -> None:
    pages.bus.answers["accounts.read_me"] = {"account": "a1", "state": "active", "roles": []}
    pages.cookies[JOURNEY] = f"b1.{urlencode({'': planted})[1:]}"
    assert pages.get(f"/en/sign-in/return/itu?{BACK}").send().address == "/en/me"


def test_a_return_that_is_refused_says_why_and_leads_to_the_sign_in(pages: Pages) -> None:
    pages.bus.answers["accounts.sign_in_by_identity"] = Forbidden("accounts.identity_unknown")
    refused = pages.get(f"/en/sign-in/return/itu?{BACK}").send()
    assert refused.status == 403
    assert "No account has this identity" in refused.text()
    assert refused.all("//main//p/a/@href") == ["/en/sign-in"]
    assert pages.bodies("sign_in_by_identity")[-1]["binding"] == "none"


def test_a_provider_that_is_away_leaves_the_mailed_code(pages: Pages) -> None:
    pages.bus.answers["accounts.request_identity"] = Unavailable("accounts.provider_away", retry_after=30)
    pages.bus.answers["accounts.request_code"] = {"message": "On its way"}
    shown = pages.get("/en/sign-in")
    away = shown.send(shown.form("Sign in by ITU"))
    assert away.status == 503
    assert "does not answer" in away.text("//*[@role='alert']")
    assert away.send(email="amina@example.org").address.startswith("/en/confirm")


def test_without_providers_nothing_is_said_of_them(pages: Pages) -> None:
    pages.bus.answers["accounts.list_providers"] = {"providers": []}
    assert "organization" not in pages.get("/en/sign-in").text()
    del pages.bus.answers["accounts.list_providers"]
    assert pages.get("/en/sign-in").status == 200, "accounts of the former version"


def test_an_identity_is_added_and_removed_after_a_check(pages: Pages) -> None:
    pages.sign_in().bus.answers["accounts.list_identities"] = {"identities": []}
    shown = pages.get("/en/me/identities")
    asked = shown.send(shown.form("Add the sign-in of ITU"))
    assert asked.headers["refresh"] == f"0;url={AWAY['url']}"
    added = pages.get(f"/en/sign-in/return/itu?{BACK.replace('s1', 'a1')}").send()
    assert added.address == "/en/me/identities?done=added"
    assert "opens your account from now on" in added.text("//*[@role='status']")
    sent = pages.bodies("add_identity")[-1]
    assert (sent["binding"], sent["provider"]) == ("b1", "itu")

    pages.bus.answers["accounts.list_identities"] = {"identities": [KEPT]}
    shown = pages.get("/en/me/identities")
    check = shown.send(shown.form("Remove"))
    assert pages.sent("remove_identity") == []
    assert check.send(check.form("Remove")).address == "/en/me/identities?done=removed"
    assert pages.sent("remove_identity") == [{"identity": "i1"}]


# -- a real gateway, service and provider ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def accounts(serve: Any, database: Any, published: Any, providers: Provider) -> Any:
    events = published("accounts")
    settings = providers.settings()
    served = serve("accounts", WSIS_PUBLIC_URL=ORIGIN, WSIS_CHALLENGE_COST="10", **settings)
    served.database, served.events = database("accounts"), events
    return served


@pytest.fixture(scope="module")
def http(accounts: Any, open_gateway: Any) -> httpx.Client:
    rates = {f"WSIS_LIMIT_{name}": "100000/minute" for name in ("READ", "WRITE", "SIGN_IN", "REGISTER", "RENEW")}
    client: httpx.Client = open_gateway("accounts", WSIS_PUBLIC_URL=ORIGIN, WSIS_KEYS_FROM="", **rates)
    return client


def leave(browser: Browser, page: str) -> str:
    """Press the button of the provider; returns the page of the provider."""
    form = browser.get(page).text.rpartition("<form")[2]
    left = browser.post(page, **hidden(httpx.Response(200, text=f"<form{form}")))
    assert left.status_code == 200, left.text
    return left.headers["refresh"].removeprefix("0;url=")


def come_back(browser: Browser, provider: Provider, url: str) -> httpx.Response:
    """Sign in there, and follow the address of the return, as from another site; press its button."""
    path = f"/sign-in/return/itu?{urlencode(provider.sign_in(url))}"
    kept = {name: value for name, value in browser.cookies.items() if name == JOURNEY}
    for name in kept:
        assert browser.attributes[name] == {"path=/", "secure", "httponly", "samesite=strict"}
        del browser.cookies[name]  # as a browser does on the way from another site
    led = browser.get(path, **{"Accept-Language": "en", "Sec-Fetch-Site": "cross-site"})
    assert led.status_code == 302
    page = led.headers["location"]
    shown = browser.get(page, **{"Sec-Fetch-Site": "cross-site"})
    assert shown.status_code == 200
    browser.cookies |= kept
    forms = shown.text.partition("<main")[2]
    return browser.post(page, **hidden(httpx.Response(200, text=forms)))


@pytest.fixture
def member(http: httpx.Client, client: Client, provider: Provider) -> Browser:
    """A browser that is signed in, of an account with an identity."""
    browser = Browser(http)
    client.tokens()
    enter(browser, client)
    added = come_back(browser, provider, leave(browser, "/en/me/identities"))
    assert (added.status_code, added.headers["location"]) == (303, "/en/me/identities?done=added")
    return browser


def test_a_browser_signs_in_at_the_provider_and_goes_on(
    http: httpx.Client, client: Client, member: Browser, provider: Provider
) -> None:
    browser = Browser(http)
    done = come_back(browser, provider, leave(browser, "/en/sign-in?next=%2Fme%2Fsessions"))
    assert (done.status_code, done.headers["location"]) == (303, "/en/me/sessions")
    assert client.address in browser.get("/en/me").text


def test_a_return_of_another_browser_signs_nobody_in(http: httpx.Client, member: Browser, provider: Provider) -> None:
    """An attacker has a victim open the return of the attacker's own sign-in, to have them act in that account."""
    attacker, victim = Browser(http), Browser(http)
    url = leave(attacker, "/en/sign-in")
    refused = come_back(victim, provider, url)
    assert (refused.status_code, ACCESS in victim.cookies) == (403, False)
    leave(victim, "/en/sign-in")
    assert come_back(victim, provider, leave(attacker, "/en/sign-in")).status_code == 403


def test_a_return_that_another_site_sends_is_refused(http: httpx.Client, member: Browser, provider: Provider) -> None:
    browser = Browser(http)
    fields = provider.sign_in(leave(browser, "/en/sign-in"))
    sent = browser.post("/en/sign-in/return/itu", {"Origin": "https://evil.example"}, _form="enter", **fields)
    assert (sent.status_code, ACCESS in browser.cookies) == (403, False)


def test_a_provider_that_is_away_is_a_page_that_says_so(
    http: httpx.Client, member: Browser, provider: Provider
) -> None:
    browser = Browser(http)
    url = leave(browser, "/en/sign-in")
    fields = provider.sign_in(url)
    provider.away = True
    page = f"/en/sign-in/return/itu?{urlencode(fields)}"
    away = browser.post(page, **hidden(httpx.Response(200, text=browser.get(page).text.partition("<main")[2])))
    assert away.status_code == 503
    assert "does not answer" in away.text
    assert browser.get("/en/sign-in").status_code == 200
