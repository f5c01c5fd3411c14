"""Chromium on the whole suite: what a person sees and does. Without Chromium and its driver nothing runs, and one line
says so."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest

from wsis_demo.people import Registry
from wsis_demo.suites import first_officer, playable

from .contest import Contest, find_cluster, open_contest
from .forum import open_forum
from .newsletter import send_issue
from .owners import ask_owners
from .partners import open_fund, subscribe
from .register import open_register
from .submissions import open_submissions

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Page

    from wsis_demo.client import Suite

CHROMIUM = shutil.which("chromium")
_DRIVERS = ("playwright", "axe_playwright_python")
MISSING = [
    name
    for name, found in (("chromium", CHROMIUM), *((each, importlib.util.find_spec(each)) for each in _DRIVERS))
    if not found
]
collect_ignore_glob = ["test_*.py"] if MISSING else []
OFFICER, SECOND = "officer@browser.example", "second@browser.example"
HEIGHT = 800
PAGE_MILLISECONDS = 60_000  # for a page, on a busy machine


@dataclass
class Looked:
    """What was looked at: for the last line."""

    pages: set[str] = field(default_factory=set)
    languages: set[str] = field(default_factory=set)
    views: int = 0
    violations: int = 0


LOOKED = Looked()


def pytest_unconfigure() -> None:
    """The last line."""
    if MISSING:
        print(f"browser: skipped, without {', '.join(MISSING)}: `make browser` installs them")
    elif LOOKED.views:
        print(
            f"browser: {len(LOOKED.pages)} pages, {len(LOOKED.languages)} languages, {LOOKED.views} views, "
            f"{LOOKED.violations} violations"
        )


@pytest.fixture(scope="session", autouse=True)
def installed() -> None:
    """Tests that somebody names one by one are skipped too."""
    if MISSING:
        pytest.skip(f"without {', '.join(MISSING)}")


@pytest.fixture(scope="session")
def stage() -> Iterator[tuple[Suite, dict[str, str]]]:
    """The suite that runs here (`make run`), or one of our own; and the environment of its programs."""
    with playable() as (suite, environment, _):
        yield suite, environment


@pytest.fixture(scope="session")
def suite(stage: tuple[Suite, dict[str, str]]) -> Suite:
    """The suite over HTTP, and its mails."""
    return stage[0]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        sandbox = os.geteuid() != 0  # Chromium has none for root
        browser = driver.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=sandbox)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The rules of axe-core, as a script."""
    return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


@dataclass
class Tab:
    """A page of the browser, and what it complained about: refused by the policy, missing, or an error of a script."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> int:
        """Go to an address of the suite. The status of the response."""
        response = self.page.goto(self.address + path)
        assert response is not None
        return int(response.status)

    def show(self, width: int, theme: str) -> None:
        """The page at a width; `theme` is light, dark, print, or forced: the few colours of a high contrast."""
        self.page.set_viewport_size({"width": width, "height": HEIGHT})
        self.page.emulate_media(
            media="print" if theme == "print" else "screen",
            color_scheme="dark" if theme == "dark" else "light",
            forced_colors="active" if theme == "forced" else "none",
        )

    def hear(self, said: ConsoleMessage) -> None:
        """Keep what the browser calls an error."""
        if said.type == "error":
            self.complaints.append(said.text)

    def heading(self) -> str:
        """The heading of the page."""
        return self.page.locator("h1").inner_text()


@dataclass
class Visitors:
    """Opens browsers without history, or with the cookies of somebody who signed in: those that their last browser
    had, since a session is renewed meanwhile."""

    chromium: Any
    suite: Suite
    states: dict[str, Any] = field(default_factory=dict)
    contexts: list[tuple[str, BrowserContext]] = field(default_factory=list)

    def tab(
        self, who: str = "", *, width: int = 1280, language: str = "en", script: bool = True, touch: bool = False
    ) -> Tab:
        """An empty tab; `who` is an address that has an account."""
        state = self._state(who) if who else None
        context = self.chromium.new_context(
            viewport={"width": width, "height": HEIGHT},
            locale=language,
            java_script_enabled=script,
            storage_state=state,
            has_touch=touch,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PAGE_MILLISECONDS)
        self.contexts.append((who, context))
        tab = Tab(context.new_page(), self.suite.address.rstrip("/"))
        tab.page.on("console", tab.hear)
        tab.page.on("pageerror", lambda error: tab.complaints.append(str(error)))
        return tab

    def close(self) -> None:
        """All that is open."""
        self._keep_cookies()
        while self.contexts:
            self.contexts.pop()[1].close()

    def _keep_cookies(self) -> None:
        for who, context in self.contexts:
            if who:
                self.states[who] = context.storage_state()

    def _state(self, who: str) -> Any:
        self._keep_cookies()
        if who not in self.states:
            tab = self.tab()
            enter(tab, self.suite, who)
            self.states[who] = tab.page.context.storage_state()
        return self.states[who]


@pytest.fixture(scope="session")
def all_visitors(chromium: Any, suite: Suite) -> Visitors:
    """Keeps who is signed in, for all tests."""
    return Visitors(chromium, suite)


@pytest.fixture
def visitors(all_visitors: Visitors) -> Iterator[Visitors]:
    """Opens tabs for one test."""
    yield all_visitors
    all_visitors.close()


@pytest.fixture(scope="session")
def member(suite: Suite, officer: str) -> str:
    """The address of somebody with an account, who speaks for an agency, is a juror, coordinates a mechanism and
    moderates."""
    form = next(Registry(7, f"browser{os.getpid()}").people(1)) | {"locale": "en"}
    person = suite.register(form)
    role = {"roles": ["agency", "juror", "coordinator", "moderator"], "agency": "who", "reason": "Pages to look at"}
    suite.sign_in(officer).put(f"/v1/accounts/{person.account}/roles", role)
    return person.email


@pytest.fixture(scope="session")
def officer(stage: tuple[Suite, dict[str, str]]) -> str:
    """The address of an officer."""
    first_officer(stage[1], OFFICER)
    return OFFICER


@pytest.fixture(scope="session")
def second(stage: tuple[Suite, dict[str, str]]) -> str:
    """The address of another officer."""
    first_officer(stage[1], SECOND)
    return SECOND


@pytest.fixture(scope="session")
def contest(suite: Suite, officer: str) -> Contest:
    """A contest whose voting is open."""
    form = next(Registry(8, f"projects{os.getpid()}").people(1)) | {"locale": "en", "country": "RW"}
    return open_contest(suite.sign_in(officer), suite.register(form))


@pytest.fixture(scope="session")
def forum(suite: Suite, officer: str, member: str, contest: Contest) -> dict[str, str]:
    """The consultation of the contest's edition: a value for each variable in the addresses of its pages."""
    return open_forum(suite.sign_in(officer), suite.sign_in(member), contest.edition)


@pytest.fixture(scope="session")
def fund(suite: Suite, officer: str, member: str, contest: Contest) -> dict[str, str]:
    """The fund of that edition, with a pledge: a value for each variable in the addresses of its pages."""
    return open_fund(suite.sign_in(officer), suite.sign_in(member), contest.edition)


@pytest.fixture(scope="session")
def known(
    suite: Suite, officer: str, member: str, contest: Contest, forum: dict[str, str], fund: dict[str, str]
) -> dict[str, str]:
    """A value for each variable in the addresses of pages, or the address of a page."""
    staff, owner = suite.sign_in(officer), suite.sign_in(member)
    return {
        **contest.example,
        **forum,
        **open_register(staff, owner),
        **ask_owners(suite, staff, owner),
        "cluster": find_cluster(suite, staff, contest),
        "provider": "itu",
        **open_submissions(staff, owner),
        **fund,
        **subscribe(owner),
        **send_issue(suite, staff),
    }


def enter(tab: Tab, suite: Suite, email: str, language: str = "en") -> None:
    """Sign in by the pages."""
    tab.open(f"/{language}/sign-in")
    prove(tab, suite, email)
    tab.page.wait_for_url("**/me")


def prove(tab: Tab, suite: Suite, email: str) -> None:
    """Fill in the form of the sign-in that is shown, then the code of the mail."""
    last = suite.mailbox.last(email)
    tab.page.fill("input[name=email]", email)
    tab.page.locator("main form button").first.click()
    tab.page.wait_for_selector("input[name=code]")
    tab.page.fill("input[name=code]", suite.mailbox.code(email, last))
    tab.page.locator("main form button").first.click()
