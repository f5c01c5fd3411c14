"""The web pages of the suite: `/{language}/...`. What a page shows is what its routes answer to this visitor."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TypeVar

from falcon import MEDIA_JSON, Request, Response
from wsis_shared.context import ANONYMOUS
from wsis_shared.errors import Forbidden, NotFound, SuiteError, TooMany, Unauthenticated
from wsis_shared.pages import Download
from wsis_shared.paging import POSITION
from wsis_shared.schemas import LOCALES

from wsis_gateway import request_parsing
from wsis_gateway.cache import Cache, Entry, etag_of, lifetime, matches
from wsis_gateway.event_stream import MEDIA_TYPE
from wsis_gateway.limits import Limits
from wsis_gateway.problems import ErrorHandlers, HttpError
from wsis_gateway.web import addresses, session
from wsis_gateway.web.addresses import Target
from wsis_gateway.web.calls import Calls
from wsis_gateway.web.catalogue import Catalogue
from wsis_gateway.web.forms import FormState
from wsis_gateway.web.page_rendering import PageRenderer
from wsis_gateway.web.served import FILE, LIVE, ServedPage
from wsis_gateway.web.session import Sessions
from wsis_gateway.web.visits import Visit, query_of

PREFIX = re.compile(rf"/(?P<language>{'|'.join(LOCALES)})(?P<path>/.*)?\Z")
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# In a frame of any site: no script of ours runs there.
FRAMED_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors *"
)
SHARED_SECONDS = 1  # for a shared cache in front: it hears no events
DEGRADED_SECONDS = 2.0  # that a page is kept from which a part is missing
HTML = "text/html; charset=utf-8"
_LIMIT = "read"
_API = "/v1/"
T = TypeVar("T")


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
        pages: PageRenderer,
    ) -> None:
        self.catalogue, self.calls, self.sessions = catalogue, calls, sessions
        self._limits, self._cache, self.errors, self.pages = limits, cache, errors, pages

    # -- addresses -----------------------------------------------------------------------------------------------------

    def serve(
        self, post: Callable[[Visit], None], req: Request, resp: Response, language: str, path: str | None
    ) -> None:
        """Serve a request below a language."""
        req.context.locale = language
        try:
            found = self.catalogue.find(path) if path else None
            self._count(req, resp, private=found is not None and (req.method == "POST" or not found[0].public))
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
                raise _not_allowed(req, "GET, HEAD, POST" if served.forms else "GET, HEAD")
        except SuiteError as error:
            self._show_error(req, resp, language, error)
        except Exception as error:  # noqa: BLE001 -- it is logged, and shown in the look of the site
            self._show_error(req, resp, language, self.errors.crash(req, error))

    def elsewhere(self, req: Request, resp: Response) -> None:
        """An address without a language leads to the page in the reader's. Where there is none, a browser gets a page
        that says so. Raises SuiteError for other clients."""
        try:
            self._count(req, resp)
            if self.catalogue.find(req.path) is None:
                raise NotFound("gateway.not_found")
            if req.method not in ("GET", "HEAD"):
                raise _not_allowed(req, "GET, HEAD")
        except SuiteError as error:
            if not _is_browser(req):
                raise
            return self._show_error(req, resp, req.context.locale, error)
        query = f"?{req.query_string}" if req.query_string else ""
        resp.set_header("Vary", "Accept-Language")
        self.redirect(resp, f"/{req.context.locale}{addresses.own_path(req.path) or '/'}{query}", 302)

    @staticmethod
    def redirect(resp: Response, location: str, status: int = 303) -> None:
        """Lead to a page of ours."""
        resp.status = status
        resp.set_header("Location", location)
        resp.set_header("Cache-Control", "no-store")

    # -- GET -----------------------------------------------------------------------------------------------------------

    def _get(self, visit: Visit) -> None:
        file = visit.served.files.get(visit.query.get(FILE, ""))
        news = visit.served.live if LIVE in visit.query else None
        if news is not None and news.variables - {*visit.query, *visit.variables}:
            news = None  # of no job
        if visit.served.public and file is None and news is None:
            return self._send_public(visit)
        visit.session = self.sessions.of(visit.req, visit.resp)
        try:
            if news is not None:
                return self._renewed_once(visit, partial(self._follow, visit, news))
            if file is not None:
                return self._renewed_once(visit, partial(self._give, visit, file))
            html = self.shown(visit)
        except Unauthenticated:
            return self.ask_to_sign_in(visit, visit.address)
        except Forbidden:
            if news is not None or not self.step_before(visit):
                raise
            return self.redirect(visit.resp, f"/{visit.language}{self.by_second_step(visit.address)}")
        self.send(visit, html)

    def _give(self, visit: Visit, file: tuple[Download, Target]) -> None:
        (given, target), resp = file, visit.resp
        filters = {name: text for name, text in visit.query.items() if given.takes_query and name not in POSITION}
        values, query = {**visit.query, **visit.variables}, target.taken(filters)
        self.calls.give(target, visit.req, resp, values, visit.session.token, query)
        if (resp.content_type or "").startswith(MEDIA_JSON) and resp.get_header("Content-Disposition") is None:
            named = f"{given.name}-{visit.req.context.received_at:%Y-%m-%d}.json"
            resp.set_header("Content-Disposition", f'attachment; filename="{named}"')
        # What is kept for everybody at its own address may have a cookie of this visitor beside it here.
        resp.set_header("Cache-Control", "no-store")

    def _follow(self, visit: Visit, news: Target) -> None:
        about = {"HTTP_ACCEPT": MEDIA_TYPE, "HTTP_LAST_EVENT_ID": visit.req.env.get("HTTP_LAST_EVENT_ID", "")}
        values = {**visit.query, **visit.variables}
        self.calls.give(news, visit.req, visit.resp, values, visit.session.token, headers=about, told=True)
        visit.resp.set_header("Cache-Control", "no-store")

    def shown(self, visit: Visit, form: FormState | None = None) -> str:
        """The page, with a new session where the access token is over. Raises SuiteError."""
        return self._renewed_once(visit, partial(self.pages.render, visit, form))

    def _renewed_once(self, visit: Visit, act: Callable[[], T]) -> T:
        try:
            return act()
        except Unauthenticated:
            if not visit.session.refresh:
                raise
            visit.session = self.sessions.renewed(visit.session, visit.req, visit.resp)
            return act()

    def ask_to_sign_in(self, visit: Visit, following: str) -> None:
        """Lead to the sign-in, which leads to a page of ours. Raises Unauthenticated where there is none."""
        if not self.catalogue.sign_in:
            raise Unauthenticated("gateway.token_missing")
        back = addresses.own_path(following)
        self.redirect(visit.resp, addresses.with_query(f"/{visit.language}{self.catalogue.sign_in}", next=back))

    def by_second_step(self, following: str) -> str:
        """The way to a page of ours by the second factor; straight there where no plugin has one."""
        step = self.catalogue.second_step
        return addresses.with_query(step.page.path, next=addresses.own_path(following)) if step else following

    def step_before(self, visit: Visit) -> ServedPage | None:
        """The page of the second factor, where the session is a member's until it has shown it. Its token does not say
        so."""
        step = self.catalogue.second_step
        if step is None or step is visit.served or not visit.session.token:
            return None
        with suppress(SuiteError):
            replies = [self.calls.read(target, visit.req, {}, visit.session.token) for _, target in step.reads]
            return step if any(reply.value.get(session.MISSING) for reply in replies) else None
        return None

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
            body = self.pages.render(visit).encode()
            seconds, now, etag = visit.served.seconds, time.monotonic(), etag_of(body)
            kept = lifetime(seconds) if visit.complete else DEGRADED_SECONDS
            # A browser asks again for a page that it follows.
            fresh = seconds if visit.complete and visit.served.live is None else 0
            headers = {
                "Content-Type": HTML,
                "ETag": etag,
                "Cache-Control": f"public, max-age={fresh}, s-maxage={SHARED_SECONDS}",
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
        if served.framed:
            req.context.framed = True
            resp.set_header("Content-Security-Policy", FRAMED_POLICY)
            resp.set_header("Cross-Origin-Resource-Policy", "cross-origin")
        resp.set_headers(entry.headers)
        if matches(req.env.get("HTTP_IF_NONE_MATCH"), entry.etag):
            resp.status = 304
            resp.delete_header("Content-Type")
            return
        resp.data, req.context.stored = entry.body, entry

    def _count(self, req: Request, resp: Response, *, private: bool = False) -> None:
        """Before anything is shown. A public page waits for nobody's keys."""
        token = session.token(req)
        try:
            actor = self.calls.actor(token) if private else self.calls.counted(req, token)
        except SuiteError:
            actor = ANONYMOUS
        resp.set_headers(self._limits.hit(_LIMIT, actor, req.context.network))

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

    def _show_error(self, req: Request, resp: Response, language: str, error: SuiteError) -> None:
        """A problem, in the look of the site."""
        self.errors.write(req, resp, error)  # status, headers, the line of the log
        title = self.errors.title_of(error, language)
        html = self.pages.error(title, error.status, req.context.request_id, language)
        _describe(resp, language, error.status)
        resp.data = html.encode()


def _not_allowed(req: Request, allowed: str) -> HttpError:
    return HttpError(405, "gateway.method_not_allowed", f"Not with {req.method[:20]}.", {"Allow": allowed})


def _is_browser(req: Request) -> bool:
    return "text/html" in req.env.get("HTTP_ACCEPT", "") and not req.path.startswith(_API)


def _describe(resp: Response, language: str, status: int) -> None:
    resp.status = status
    resp.content_type = HTML
    resp.set_header("Content-Language", language)
    resp.set_header("Content-Security-Policy", POLICY)
    resp.set_header("Referrer-Policy", "same-origin")
