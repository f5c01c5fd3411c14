"""Every link of every mail leads where its reader can go on: to a page in the language of the mail, or to a file.

A browser follows it: in this process, without services. Where a page has something to read it says that the service is
away; what must not come is JSON, a demand for a token, or nothing at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from wsis_shared.plugin import PUBLIC
from wsis_shared.schemas import LOCALES
from wsis_testkit.pages import Pages

from wsis_gateway import routing
from wsis_gateway.web.addresses import Routes
from wsis_gateway.web.catalogue import catalogue
from wsis_notifications.mails import templates
from wsis_notifications.mails.rules import unsubscription
from wsis_notifications.mails.rules.unsubscription import Unsubscription
from wsis_notifications.mails.templates import NotificationBinding

from .test_mails import CATALOGUE, FOUND, variables

SUITE = "https://wsis.example"
_ADDRESS = re.compile(rf"{SUITE}(/[^\s<>\"]*)")
_NAMED = re.compile(r"(?:page:|page_url\(f?[\"'])(/[^\s\"'#?]*)")
SERVICES = Path(__file__).parents[2] / "services"

# A page that is not there yet -> the routes that mails name in its place. Without one they name the page itself, which
# is ahead of it. Whoever brings the page moves the links, and deletes the line.
WAITING: dict[str, tuple[str, ...]] = {}
MAILS = [each for each in CATALOGUE.all if (SERVICES / each.plugin.name).is_dir()]  # not those of tests' plugins
OPERATIONS, FOUND_PAGES = routing.operations(FOUND)
PAGES, _, _ = catalogue(FOUND_PAGES, OPERATIONS)
ROUTES = Routes(OPERATIONS)


@pytest.fixture(scope="module")
def browser() -> Pages:
    return Pages({})


@pytest.fixture(scope="module")
def links() -> Callable[[NotificationBinding, str], list[str]]:
    """The addresses in a mail, in both of its forms."""
    writer = templates.writer(SUITE, templates.filters_of(FOUND))

    def found(item: NotificationBinding, locale: str) -> list[str]:
        mail = writer.write(CATALOGUE.source(item, locale), variables(item))
        return sorted({*_ADDRESS.findall(mail.text), *_ADDRESS.findall(unescape(mail.html))})

    return found


def _is_file(path: str) -> bool:
    """Is it something that a browser shows or saves, for everybody?"""
    try:
        route = ROUTES.find(path).operation.route
    except LookupError:
        return False
    return route.permission == PUBLIC and route.media != "application/json"


def _waits(path: str) -> bool:
    """Is there a page to come for a path, without its language?"""
    awaited = [name for page, routes in WAITING.items() for name in (page, *routes)]
    return any(re.fullmatch(re.sub(r"{\w+}", "[^/]+", name), path) for name in awaited)


def _page(address: str) -> tuple[int, dict[str, str]]:
    """Of a page, while all services are away: the status, 503 where it cannot stand without what it reads, and the
    variables of its path."""
    found = PAGES.find("/" + urlsplit(address).path.split("/", 2)[-1])
    served, values = found or (None, {})
    return 503 if served and any(not read.optional for read, _ in served.reads) else 200, values


@pytest.mark.parametrize("item", MAILS, ids=lambda item: item.name)
def test_a_link_of_a_mail_leads_to_a_page_or_a_file(
    item: NotificationBinding, browser: Pages, links: Callable[[NotificationBinding, str], list[str]]
) -> None:
    """And it is about what the mail is about: a variable of its path that the mail knows too has the same value."""
    known = variables(item)
    for locale in LOCALES:
        for address in links(item, locale):
            path = urlsplit(address).path
            _, named = _page(path)
            assert named == {name: str(known.get(name, value)) for name, value in named.items()}, address
            if not _waits(path.removeprefix(f"/{locale}")) and not _is_file(path):
                shown = browser.get(path)
                assert shown.status == _page(shown.address)[0], f"{address}: {shown.status}"
                assert shown.all("/html/@lang") == [locale], f"{address} is in another language than its mail"


@pytest.mark.parametrize("locale", LOCALES)
def test_the_ways_out_of_a_list_lead_to_a_page(locale: str, browser: Pages) -> None:
    """That of the footer, and that of List-Unsubscribe, which programs open where they do not post one click."""
    link = Unsubscription("account", "3f" * 16, "reminders")
    known = {"secret": "a secret of at least 32 characters", "public_url": SUITE}
    footer = unsubscription.url(link, locale, **known).removeprefix(SUITE)
    assert browser.get(footer).all("/html/@lang") == [locale]
    header = unsubscription.headers(link, domain="", host="wsis.example", **known)["List-Unsubscribe"].strip("<>")
    found = ROUTES.find(header.removeprefix(SUITE))
    page = found.operation.route.page.format(**found.path)
    assert footer == f"/{locale}{page}"
    assert found.operation.route.permission == PUBLIC


def test_what_code_names_is_a_page() -> None:
    """Links that only the publisher of a mail knows, and those of feeds, calendars and documents; a test of its service
    follows one that is put together elsewhere ("/{place}")."""
    for file in SERVICES.glob("*/src/**/*.py"):
        for path in _NAMED.findall(file.read_text("utf-8")):
            filled = re.sub(r"{[^{}]*}", "x", path)
            assert filled == "/x" or _waits(filled) or PAGES.find(filled), f"{file}: {path}"


def test_no_page_is_waited_for_that_is_there() -> None:
    there = {re.sub(r"{\w+}", "{}", each.page.path) for each in PAGES.pages}
    assert [page for page in WAITING if re.sub(r"{\w+}", "{}", page) in there] == []
