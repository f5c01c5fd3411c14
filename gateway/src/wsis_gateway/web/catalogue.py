"""All pages and panels of the suite, bound to the operations that they name, once at start.

A plugin with a page that cannot be shown is rejected, as one with such a route is: a template, a text or a path that is
wrong. A page of a route that is not installed is left out: an installation may serve some of the plugins.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from types import SimpleNamespace

from falcon.routing import CompiledRouter
from jinja2 import TemplateError
from wsis_shared import auth
from wsis_shared.context import Actor
from wsis_shared.pages import Download, Form, Page, Panel, Read
from wsis_shared.plugin import PUBLIC, DiscoveryResult
from wsis_shared.roles import MEMBER
from wsis_shared.schemas import LOCALES
from wsis_shared.translations import by_key

from wsis_gateway import routing
from wsis_gateway.dead_letters import dead_letter_operations
from wsis_gateway.jobs import job_operations
from wsis_gateway.routing import CommonOperations, Operation
from wsis_gateway.web import desk, operators, rendering
from wsis_gateway.web.addresses import Routes, Target, said_done, shape
from wsis_gateway.web.served import COMMON, ServedPage, ServedPanel
from wsis_gateway.web.session import ASKS, BEGINS
from wsis_gateway.web.texts import OWN, PART

PAGES = (
    Page("/", "data/web/front.html", "front", place="front"),
    Page("/me", "data/web/me.html", "me", place="me"),
    *desk.PAGES,
    *(Page(f"/{name}", f"data/web/{name}.html", name) for name in ("accessibility", "contact")),
    Page("/privacy", "data/web/privacy.html", "privacy", view="wsis_gateway.web.session:privacy"),
    Page("/docs/components", "data/web/components.html", "components", view="wsis_gateway.web.samples:samples"),
)
_FORBIDDEN = re.compile(r"\bclass=|\bstyle=|<script|<style|\|\s*safe\b|Markup")
_FRAME = '{% extends "frame.html" %}'
_NEXT_PAGE = re.compile(r"[?&;]after=")
_SAYS = re.compile(r"\bsay\(\s*\"([a-z0-9_]+)\"\s*[,)]")
_TAG = re.compile(r"<[^<>]*>|&\w+;")

_log = logging.getLogger(__name__)


class Catalogue:
    """The pages by path."""

    def __init__(self, pages: Iterable[ServedPage]) -> None:
        self.pages = tuple(pages)
        self._by_path = {each.page.path: each for each in self.pages}
        self._router = CompiledRouter()
        for each in self.pages:
            self._router.add_route(each.page.path, SimpleNamespace())

    def find(self, path: str) -> tuple[ServedPage, dict[str, str]] | None:
        """The page at a path below the language, with its variables."""
        found = None if path.startswith("//") else self._router.find(path)  # the router takes any number of them
        return (self._by_path[found[3] or ""], found[2]) if found else None

    def menu(self, place: str) -> list[ServedPage]:
        """The pages of a menu, in its order."""
        ordered = [(each.page.menu.partition(":"), each) for each in self.pages if each.page.menu]
        return [each for (name, _, order), each in sorted(ordered, key=lambda row: int(row[0][2])) if name == place]

    @cached_property
    def sign_in(self) -> str:
        """The path of the page that asks for a code; empty where no plugin has one."""
        return next((each.page.path for each in self._of_session(ASKS)), "")

    @cached_property
    def second_step(self) -> ServedPage | None:
        """The page that takes the second factor: a session which there is begins anew, with all roles."""
        return next((each for each in self._of_session(BEGINS) if each.page.needs_session), None)

    def _of_session(self, what: str) -> Iterator[ServedPage]:
        """The pages with a form that does this to a session, and one address."""
        for each in self.pages:
            sessions = {target.operation.route.session for _, target in each.forms.values()}
            if what in sessions and "{" not in each.page.path:
                yield each


def catalogue(
    found: DiscoveryResult, operations: tuple[Operation, ...]
) -> tuple[Catalogue, DiscoveryResult, tuple[Operation, ...]]:
    """The pages of all plugins; the plugins and operations without those that have a page which cannot be shown."""
    taken: set[str] = {shape(page.path) for page in PAGES}
    rejected = dict(found.rejected)
    grants = auth.grants(plugin.grants for plugin in found)
    routes = Routes(operations)
    for plugin in found:
        try:
            wrong = problems(plugin.locale_package, plugin.pages, plugin.panels, taken)
            wrong += open_to_members(plugin.pages, routes, grants)
        except Exception as error:  # noqa: BLE001 -- an invalid plugin must not stop the others
            wrong = [f"{type(error).__name__}: {error}"]
        if wrong:
            rejected[plugin.name] = "; ".join(wrong)
            _log.error("plugin rejected", extra={"plugin": plugin.name, "reason": rejected[plugin.name]})
        else:
            taken |= {shape(page.path) for page in plugin.pages}
    found = replace(found, plugins=tuple(each for each in found if each.name not in rejected), rejected=rejected)
    operations = tuple(each for each in operations if each.plugin not in rejected)
    routes = Routes(operations)
    panels = [
        served
        for plugin in found
        for panel in plugin.panels
        if (served := _panel(plugin.locale_package, panel, routes)) is not None
    ]
    panels += desk.panels(found, operations)
    panels.sort(key=lambda each: each.panel.order)
    own = (*PAGES, *operators.pages(found))
    routes = Routes((*operations, *_operations_of_all(found)))
    declared = [(OWN, page) for page in own] + [(each.locale_package, page) for each in found for page in each.pages]
    done = said_done(form.then for _, page in declared for form in page.forms)
    pages = (_page(package, page, routes, panels, done) for package, page in declared)
    return Catalogue(page for page in pages if page is not None), found, operations


def commons(found: DiscoveryResult) -> tuple[CommonOperations, ...]:
    """The operations that several services have under one path."""
    return job_operations(found), dead_letter_operations(found)


def _operations_of_all(found: DiscoveryResult) -> tuple[Operation, ...]:
    return tuple(one for each in commons(found) for one in each.operations)


def problems(package: str, pages: Iterable[Page], panels: Iterable[Panel], taken: Iterable[str] = ()) -> list[str]:
    """What is wrong with the pages and panels of a package, whatever else is installed."""
    wrong = []
    seen = set(taken)
    parts: tuple[Page | Panel, ...] = (*pages, *panels)
    for part in parts:
        name = part.path if isinstance(part, Page) else f"panel {part.template}"
        if isinstance(part, Page):
            wrong += [f"{name}: another page has this path"] if shape(part.path) in seen else []
            wrong += [] if _is_said(package, part.title) else [f"{name}: no text {part.title!r}"]
            seen.add(shape(part.path))
            wrong += [f"{name}: {each}" for each in _of_frame(package, part)]
        named = {read.name for read in part.reads} | (_variables(part) if isinstance(part, Page) else set())
        wrong += [f"{name}: {each!r} is a name of all templates" for each in sorted(named & rendering.RESERVED)]
        wrong += [f"{name}: {problem}" for problem in _of_template(package, part.template)]
    return wrong


def open_to_members(pages: Iterable[Page], routes: Routes, grants: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """The pages of the desk that an account without a role of staff may open."""
    anyone = Actor("any", (MEMBER,))
    for page in pages:
        if not page.path.startswith(f"{desk.PATH}/") and not page.menu.startswith(f"{desk.PLACE}:"):
            continue
        reads = [each for each in page.reads if not each.optional and _is_there(each, routes)]
        needs = {routes.find(each.route).operation.route.permission for each in reads} | {page.permission}
        if all(auth.is_allowed(anyone, each, grants) for each in needs - {"", PUBLIC}):
            yield f"{page.path}: every member may open this page of the desk: it needs a permission"


def check(found: DiscoveryResult) -> list[str]:
    """What `wsis check` finds: why the gateway rejects plugins, and which pages of the others it leaves out."""
    operations, served = routing.operations(found)
    _, served, _ = catalogue(served, operations)
    operations += _operations_of_all(served)
    wrong = [f"{name}: {reason}" for name, reason in served.rejected.items() if name not in found.rejected]
    for plugin in served:
        wrong += [f"{plugin.name}: {each}" for each in unknown(plugin.pages, plugin.panels, operations)]
    return wrong


def unknown(pages: Iterable[Page], panels: Iterable[Panel], operations: Iterable[Operation]) -> Iterator[str]:
    """The routes and variables that pages and panels name, and that are not there."""
    routes = Routes(operations)
    parts: tuple[Page | Panel, ...] = (*pages, *panels)
    for part in parts:
        yield from _unbound(part, routes)


def _unbound(part: Page | Panel, routes: Routes) -> Iterator[str]:
    name = part.path if isinstance(part, Page) else f"panel {part.template}"
    known = _variables(part) if isinstance(part, Page) else {"edition"}
    known |= {*COMMON, *(part.query().fields if part.query else ())} if isinstance(part, Page) else set()
    known |= {"replies"} if isinstance(part, Page) and not all(form.then for form in part.forms) else set()
    for read in part.reads:
        try:
            missing = routes.find(read.route).variables - known
            yield from (f"{name}: {read.route} has no value for {variable}" for variable in sorted(missing))
        except LookupError as error:
            yield f"{name}: {error}"
        known.add(read.name)
    if isinstance(part, Page) and part.live:
        yield from _deaf(part, routes)
    sent_or_given: tuple[Form | Download, ...] = (*part.forms, *part.files) if isinstance(part, Page) else ()
    for each in sent_or_given:
        try:
            routes.find(each.route)
        except LookupError as error:
            yield f"{name}: {error}"


def _deaf(page: Page, routes: Routes) -> Iterator[str]:
    """Why it cannot hear of news."""
    route = next((read.route for read in page.reads if read.name == page.live), "")
    if not route:
        yield f"{page.path}: it has no read {page.live!r} to follow"
        return
    with suppress(LookupError):  # a route that is not there is said already
        target = routes.find(route)
        stream = target.operation.route.stream
        if stream is None or stream.cursor or target.variables - _variables(page):
            yield f"{page.path}: {route} has no stream of its whole representation, by the path of the page alone"


def _page(
    package: str, page: Page, routes: Routes, panels: Iterable[ServedPanel], done: Mapping[str, Set[str]]
) -> ServedPage | None:
    bound = _bound(page, routes)
    if bound is None:
        return None
    return ServedPage(
        package=package,
        file=f"{package}/{page.template}",
        names=tuple(read.name for read in page.reads),
        reads=bound,
        page=page,
        query=page.query() if page.query else None,
        done=frozenset(done.get(shape(page.path), ())),
        forms={form.name: (form, routes.find(form.route)) for form in page.forms},
        files={each.name: (each, routes.find(each.route)) for each in page.files},
        panels=tuple(each for each in panels if page.place and each.panel.place == page.place),
    )


def _panel(package: str, panel: Panel, routes: Routes) -> ServedPanel | None:
    bound = _bound(panel, routes)
    if bound is None:
        return None
    return ServedPanel(package, f"{package}/{panel.template}", tuple(read.name for read in panel.reads), bound, panel)


def _bound(part: Page | Panel, routes: Routes) -> tuple[tuple[Read, Target], ...] | None:
    """Its reads with their operations; None where one is not there. What is optional is left out."""
    missing = list(_unbound(part, routes))
    optional = [read for read in part.reads if read.optional and not _is_there(read, routes)]
    if len(missing) > len(optional):
        _log.warning("page left out", extra={"reason": missing[0]})
        return None
    return tuple((read, routes.find(read.route)) for read in part.reads if read not in optional)


def _is_there(read: Read, routes: Routes) -> bool:
    try:
        return bool(routes.find(read.route))
    except LookupError:
        return False


def _of_template(package: str, name: str) -> Iterator[str]:
    try:
        source = rendering.source(f"{package}/{name}")
        rendering.check(package, name)
    except (OSError, TemplateError, ImportError) as error:
        yield f"{name}: {type(error).__name__}: {error}"
        return
    if match := _FORBIDDEN.search(source):
        yield f"{name}: {match[0]} belongs into the components"
    if _NEXT_PAGE.search(source):
        yield f"{name}: further(rows.next) leads to the next page, and keeps what was chosen"
    if re.search(r"[A-Za-z]{2}", _TAG.sub(" ", rendering.literal(source))):
        yield f"{name}: words stand in the texts"
    for key in sorted(set(_SAYS.findall(source))):
        if not _is_said(package, key):
            yield f"{name}: no text {key!r} in each language"


def _of_frame(package: str, page: Page) -> Iterator[str]:
    """Why other sites must not frame it, or cannot."""
    if page.framed and (page.needs_session or page.permission or page.forms or page.files or page.live or page.place):
        yield "only a page that is the same for everybody may be framed"
    with suppress(OSError, ImportError):  # a template that is not there is said already
        if page.framed != (_FRAME in rendering.source(f"{package}/{page.template}")):
            yield "a page that is framed extends frame.html, and no other does"


def _is_said(package: str, key: str) -> bool:
    """Has the package or the gateway this text in each language?"""
    return any(len(by_key(each, PART).get(key, ())) == len(LOCALES) for each in (package, OWN))


def _variables(page: Page) -> set[str]:
    return set(re.findall(r"{(\w+)}", page.path))
