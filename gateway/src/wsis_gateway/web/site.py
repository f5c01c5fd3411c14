"""The web pages of the suite: `/{language}/...`. What a page shows is what its routes answer to this visitor."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import falcon
from falcon import Request, Response
from jinja2 import Template
from markupsafe import Markup
from wsis_shared.context import ANONYMOUS
from wsis_shared.errors import Forbidden, Invalid, NotFound, SuiteError, TooMany, Unauthenticated
from wsis_shared.reference.sets import ReferenceSet
from wsis_shared.schemas import LOCALES
from wsis_shared.settings import Suite

from wsis_gateway import request_parsing
from wsis_gateway.cache import Cache, Entry, etag_of, lifetime, matches
from wsis_gateway.limits import Limits
from wsis_gateway.problems import ErrorHandlers
from wsis_gateway.web import addresses, desk, rendering, session
from wsis_gateway.web.assets import Assets
from wsis_gateway.web.calls import Calls
from wsis_gateway.web.catalogue import Catalogue
from wsis_gateway.web.desk import StaffDesk
from wsis_gateway.web.forms import FormState, Own, Pairs
from wsis_gateway.web.served import Part, ServedPanel
from wsis_gateway.web.session import Sessions
from wsis_gateway.web.texts import LANGUAGES, OWN, Words
from wsis_gateway.web.visits import Visit, query_of

PREFIX = re.compile(rf"/(?P<language>{'|'.join(LOCALES)})(?P<path>/.*)?\Z")
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SHARED_SECONDS = 1  # for a shared cache in front: it hears no events
DEGRADED_SECONDS = 2.0  # that a page is kept from which a part is missing
HTML = "text/html; charset=utf-8"
_LIMIT = "read"


class Site:
    """Serves the pages."""

    def __init__(
        self,
        catalogue: Catalogue,
        calls: Calls,
        sessions: Sessions,
        limits: Limits,
        cache: Cache,
        errors: ErrorHandlers,
        assets: Assets,
        sets: Mapping[str, ReferenceSet],
    ) -> None:
        self.catalogue, self.calls, self.sessions = catalogue, calls, sessions
        self._limits, self._cache, self.errors, self._assets = limits, cache, errors, assets
        self._desk = StaffDesk(catalogue, calls)
        packages = {part.package for page in catalogue.pages for part in (page, *page.panels)} | {OWN}
        self._words = {(name, code): Words(name, code, sets) for name in packages for code in LOCALES}
        self._public_url = Suite.current().public_url.rstrip("/")

    # -- addresses -----------------------------------------------------------------------------------------------------

    def serve(
        self, post: Callable[[Visit], None], req: Request, resp: Response, language: str, path: str | None
    ) -> None:
        """Serve a request below a language."""
        req.context.locale = language
        try:
            found = self.catalogue.find(path) if path else None
            self._limit(req, resp, as_anybody=found is None or (found[0].public and req.method != "POST"))
            if path is None:
                return self.redirect(resp, f"/{language}/", 301)
            if found is None:
                raise NotFound("gateway.not_found")
            served, variables = found
            req.context.template = "/{language}" + served.page.path
            request_parsing.path(variables)
            visit = Visit(req, resp, language, path, served, variables, query_of(req.query_string, served))
            if req.method in ("GET", "HEAD"):
                self._get(visit)
            elif req.method == "POST" and served.forms:
                post(visit)
            else:
                raise falcon.HTTPMethodNotAllowed(["GET", "HEAD", *(["POST"] if served.forms else [])])
        except SuiteError as error:
            self._show_error(req, resp, language, error)
        except falcon.HTTPError:
            raise
        except Exception as error:  # noqa: BLE001 -- it is logged, and shown in the look of the site
            self._show_error(req, resp, language, self.errors.crash(req, error))

    def to_language(self, req: Request, resp: Response) -> bool:
        """Lead an address without a language to the page in the reader's. False where there is no such page."""
        if self.catalogue.find(req.path) is None or req.method not in ("GET", "HEAD"):
            return False
        resp.set_headers(self._limits.hit(_LIMIT, ANONYMOUS, req.context.network))
        query = f"?{req.query_string}" if req.query_string else ""
        resp.set_header("Vary", "Accept-Language")
        self.redirect(resp, f"/{req.context.locale}{addresses.own_path(req.path) or '/'}{query}", 302)
        return True

    @staticmethod
    def redirect(resp: Response, location: str, status: int = 303) -> None:
        """Lead to a page of ours."""
        resp.status = status
        resp.set_header("Location", location)
        resp.set_header("Cache-Control", "no-store")

    # -- GET -----------------------------------------------------------------------------------------------------------

    def _get(self, visit: Visit) -> None:
        if visit.served.public:
            return self._send_public(visit)
        visit.session = self.sessions.of(visit.req, visit.resp)
        try:
            html = self.shown(visit)
        except Unauthenticated:
            return self.ask_to_sign_in(visit)
        self.send(visit, html)

    def shown(self, visit: Visit, form: FormState | None = None) -> str:
        """The page, with a new session where the access token is over. Raises SuiteError."""
        try:
            return self.render(visit, form)
        except Unauthenticated:
            if not visit.session.refresh:
                raise
            visit.session = self.sessions.renewed(visit.session, visit.req, visit.resp)
            return self.render(visit, form)

    def ask_to_sign_in(self, visit: Visit) -> None:
        """Lead to the sign-in, which leads back here. Raises Unauthenticated where there is none."""
        if not self.catalogue.sign_in:
            raise Unauthenticated("gateway.token_missing")
        back = addresses.own_path(visit.address)
        self.redirect(visit.resp, addresses.with_query(f"/{visit.language}{self.catalogue.sign_in}", next=back))

    def send(self, visit: Visit, html: str, status: int = 200) -> None:
        """A page for this visitor alone."""
        resp = visit.resp
        _describe(resp, visit.language, status)
        resp.data = html.encode()

    def _send_public(self, visit: Visit) -> None:
        req, resp = visit.req, visit.resp
        key, asked = (f"/{visit.language}{visit.path}", visit.address, "page"), False

        def fill() -> Entry:
            nonlocal asked
            asked = True
            body = self.render(visit).encode()
            seconds, now, etag = visit.served.seconds, time.monotonic(), etag_of(body)
            kept = lifetime(seconds) if visit.complete else DEGRADED_SECONDS
            headers = {
                "Content-Type": HTML,
                "ETag": etag,
                "Cache-Control": f"public, max-age={seconds if visit.complete else 0}, s-maxage={SHARED_SECONDS}",
            }
            return Entry(body, etag, req.context.template, _LIMIT, now, now + kept, headers)

        served = visit.served
        entry = None
        while entry is None:
            try:
                entry = self._cache.get_or_fill(key, fill, timeout=served.timeout, invalidated_by=served.invalidated_by)
            except SuiteError as error:
                if asked or error.status != TooMany.status:  # another visitor, who has asked too much
                    raise
        _describe(resp, visit.language, 200)
        resp.set_headers(entry.headers)
        if matches(req.env.get("HTTP_IF_NONE_MATCH"), entry.etag):
            resp.status = 304
            resp.delete_header("Content-Type")
            return
        resp.data, req.context.stored = entry.body, entry

    def _limit(self, req: Request, resp: Response, *, as_anybody: bool) -> None:
        """Count the request: as one of the account that has a session, else of the network."""
        try:
            actor = ANONYMOUS if as_anybody else self.calls.actor(req, session.token(req))
        except SuiteError:
            actor = ANONYMOUS
        resp.set_headers(self._limits.hit(_LIMIT, actor, req.context.network))

    # -- what a page shows ---------------------------------------------------------------------------------------------

    def render(self, visit: Visit, form: FormState | None = None) -> str:
        """The page as HTML. `form` is one that was sent and comes back. Raises SuiteError."""
        served = visit.served
        if served.page.signed_in and not visit.session.token:
            raise Unauthenticated("gateway.token_missing")
        visit.actor = self.calls.actor(visit.req, visit.session.token)
        if served.page.place == desk.PLACE and not self._desk.is_open(visit.actor):
            raise Forbidden("gateway.forbidden")
        values: dict[str, Any] = {**visit.variables, "query": visit.query}
        values |= self._read(served, visit, {**visit.query, **visit.variables})
        values |= served.view(values, visit.language)
        words = self.words(visit)
        carried = Own(next=form.own.next, returns=form.own.returns) if form else None
        states = {name: self.state(visit, name, own=carried) for name in served.forms}
        if form is not None:
            states = states if served.follows else {name: form.lend(each) for name, each in states.items()}
            states[form.name] = form
        if any(target.operation.route.session for _, target in served.forms.values()):
            values["address"] = visit.mailed_to or session.address(visit.req)
        values["forms"] = states
        values["form"] = form or next(iter(states.values()), None)
        values["panels"] = [html for each in served.panels if (html := self._panel(each, visit)) is not None]
        return self._html(served.template, words, visit.language, visit, values, words.say(served.page.title))

    def alone(self, visit: Visit, form: FormState) -> str:
        """The fields of a form that was sent, where its page cannot be shown: what was typed is not lost."""
        words = self.words(visit)
        title = words.say(visit.served.page.title)
        kept = rendering.template(OWN, "data/web/kept.html")
        return self._html(kept, words, visit.language, visit, {"form": form}, title)

    def state(self, visit: Visit, name: str, pairs: Pairs = (), own: Own | None = None) -> FormState:
        """A form of the page. Raises KeyError for an unknown one."""
        _, target = visit.served.forms[name]
        own = own or Own(next=addresses.own_path(visit.query.get("next")))
        state = FormState(
            name, target.operation.body, self.words(visit), f"/{visit.language}{visit.address}", tuple(pairs), own=own
        )
        return replace(state, keyed=not visit.served.public, reply=visit.replies.get(name))

    def words(self, visit: Visit) -> Words:
        """What the page of a visit says."""
        return self._words[visit.served.package, visit.language]

    def visit(self, visit: Visit, address: str) -> Visit:
        """The same visitor at another page. Raises NotFound."""
        path, _, query = address.partition("?")
        found = self.catalogue.find(path)
        if found is None:
            raise NotFound("gateway.not_found")
        served, variables = found
        return replace(
            visit, path=path, served=served, variables=variables, query=query_of(query, served), complete=True
        )

    def _read(self, part: Part, visit: Visit, values: Mapping[str, Any]) -> dict[str, Any]:
        """What the routes of a page or a panel answer, by name; none for an optional one that does not."""
        found: dict[str, Any] = dict.fromkeys(part.names)
        for read, target in part.reads:
            query = urlencode(_of(target, visit.query)) if read.takes_query else ""
            try:
                found[read.name] = self.calls.read(target, visit.req, {**found, **values}, visit.session.token, query)
            except SuiteError as error:
                if not read.optional or isinstance(error, Invalid):
                    raise
                self._leave_out(visit, error)
        return found

    def _leave_out(self, visit: Visit, error: Exception) -> None:
        """Show the page without what was refused or is broken. Raises it where the visitor can mend it, or where others
        would get the same copy: a limit is that of one visitor."""
        if isinstance(error, Unauthenticated) and visit.session.token:
            raise error
        if isinstance(error, SuiteError) and error.status == TooMany.status and visit.served.public:
            raise error
        if not isinstance(error, SuiteError) or error.status == SuiteError.status:
            self.errors.crash(visit.req, error)
        visit.complete &= isinstance(error, NotFound | Forbidden | Unauthenticated)
        visit.req.context.refusal.clear()  # the page was not refused

    def _panel(self, served: ServedPanel, visit: Visit) -> Markup | None:
        """A panel as HTML; None where it is not for this visitor, its service is away, or it is broken."""
        if served.panel.permission and not self.calls.is_allowed(visit.actor, served.panel.permission):
            return None
        words = self._words[served.package, visit.language]
        try:
            values = self._read(served, visit, {**visit.query, **visit.variables})
            values |= self._desk.values(served, visit.actor, words)
            html = served.template.render(**_spoken(words), **visit.variables, **values, link=_link(visit.language))
        except Exception as error:  # noqa: BLE001 -- whatever is wrong with it, the rest of the page stands
            self._leave_out(visit, error)
            return None
        return Markup(html) if html.strip() else None  # noqa: S704 -- a template has escaped it

    def _html(
        self,
        template: Template,
        words: Words,
        language: str,
        visit: Visit | None,
        values: Mapping[str, Any],
        title: str,
    ) -> str:
        address = visit.address if visit else "/"
        page = SimpleNamespace(
            language=language,
            direction=LANGUAGES[language].direction,
            native=LANGUAGES[language].native,
            languages=[(each, f"/{each.code}{address}") for each in LANGUAGES.values()],
            url=f"{self._public_url}/{language}{address}",
            public_url=self._public_url,
            contact=Suite.current().contact,
            path=visit.path if visit else "",
            public=bool(visit and visit.served.public),
            signed_in=bool(visit and visit.actor.known),
            assets=self._assets.paths,
            menu=self._menu(language, "public"),
            desk=bool(visit and not visit.served.public and self._desk.is_open(visit.actor)),
        )
        html: str = template.render(
            **_spoken(words), page=page, title=title, link=_link(language), **{"form": None, **values}
        )
        return html

    def _menu(self, language: str, place: str) -> list[tuple[str, str, str]]:
        """(path, address, title) of each page of a menu."""
        return [
            (each.page.path, f"/{language}{each.page.path}", self._words[each.package, language].say(each.page.title))
            for each in self.catalogue.menu(place)
        ]

    def _show_error(self, req: Request, resp: Response, language: str, error: SuiteError) -> None:
        """A problem as a page: what is wrong, what one can do, and the number of the request."""
        self.errors.write(req, resp, error)  # status, headers, the line of the log
        words = self._words[OWN, language]
        title = self.errors.title_of(error, language)
        values = {"problem": title, "status": error.status, "request_id": req.context.request_id}
        html = self._html(rendering.template(OWN, "data/web/error.html"), words, language, None, values, title)
        _describe(resp, language, error.status)
        resp.data = html.encode()


def _spoken(words: Words) -> dict[str, Any]:
    names = ("say", "has", "label", "labels", "pick", "number", "percent", "date", "moment")
    return {name: getattr(words, name) for name in names} | {"language": words.language}


def _link(language: str) -> Callable[[str], str]:
    """`link("/editions/2017")`: the page in the reader's language."""
    return lambda path: f"/{language}{path}"


def _describe(resp: Response, language: str, status: int) -> None:
    resp.status = status
    resp.content_type = HTML
    resp.set_header("Content-Language", language)
    resp.set_header("Content-Security-Policy", POLICY)
    resp.set_header("Referrer-Policy", "same-origin")


def _of(target: Any, query: Mapping[str, str]) -> dict[str, str]:
    schema = target.operation.query
    return {name: text for name, text in query.items() if schema is not None and name in schema.fields}
