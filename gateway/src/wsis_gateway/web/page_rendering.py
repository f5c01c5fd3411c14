"""What a page shows: what its routes answer to this visitor, in the words of its service, with the forms and panels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, partial
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Template
from markupsafe import Markup
from wsis_shared.context import Actor
from wsis_shared.errors import Forbidden, Invalid, NotFound, SuiteError, TooMany, Unauthenticated
from wsis_shared.jobs.states import is_live
from wsis_shared.json_types import Input
from wsis_shared.pages import Read
from wsis_shared.reference.sets import ReferenceSet
from wsis_shared.schemas import LOCALES
from wsis_shared.settings import Suite

from wsis_gateway.problems import ErrorHandlers
from wsis_gateway.web import addresses, desk, rendering, session
from wsis_gateway.web.addresses import Target
from wsis_gateway.web.assets import Assets
from wsis_gateway.web.at_once import at_once
from wsis_gateway.web.calls import Calls, Reply
from wsis_gateway.web.catalogue import Catalogue
from wsis_gateway.web.desk import StaffDesk
from wsis_gateway.web.forms import FormState, Own, Pairs
from wsis_gateway.web.served import JOB, Part, ServedPage, ServedPanel
from wsis_gateway.web.texts import LANGUAGES, OWN, Words
from wsis_gateway.web.visits import Visit


class PageRenderer:
    """Makes the HTML of pages."""

    def __init__(
        self,
        catalogue: Catalogue,
        calls: Calls,
        errors: ErrorHandlers,
        assets: Assets,
        sets: Mapping[str, ReferenceSet],
    ) -> None:
        self._catalogue, self._calls, self._errors, self._assets = catalogue, calls, errors, assets
        self._desk = StaffDesk(catalogue, calls)
        packages = {part.package for page in catalogue.pages for part in (page, *page.panels)} | {OWN}
        self._words = {(name, code): Words(name, code, sets) for name in packages for code in LOCALES}
        self._public_url = Suite.current().public_url.rstrip("/")
        self._menu = cache(self._menu_in)

    def render(self, visit: Visit, form: FormState | None = None) -> str:
        """The page as HTML. `form` is one that was sent and comes back. Raises SuiteError."""
        served = visit.served
        if served.page.needs_session and not visit.session.token:
            raise Unauthenticated("gateway.token_missing")
        visit.actor = self._calls.actor(visit.session.token)
        if not self._is_open(served, visit.actor):
            raise Forbidden("gateway.forbidden") if visit.actor.known else Unauthenticated("gateway.token_missing")
        values: dict[str, Any] = {**visit.variables, "query": visit.query, "replies": visit.replies}
        known = {**visit.query, **visit.variables, "replies": visit.replies}
        values |= self._read(served, visit, known, checking=form is not None and form.checking)
        values |= served.view(values, visit.language)
        words = self.words(visit)
        carried = Own(next=form.own.next, returns=form.own.returns) if form else None
        states = {name: self.state(visit, name, own=carried) for name in served.forms}
        if form is not None:
            form = replace(form, labels=values.get("field_labels", {}))
            states = states if served.follows else {name: form.lend(each) for name, each in states.items()}
            states[form.name] = form
        if any(target.operation.route.session for _, target in served.forms.values()):
            values["address"] = visit.mailed_to or session.address(visit.req)
        values |= {"forms": states, "this_page": visit.this_page, "further": visit.further}
        values["form"] = form or next(iter(states.values()), None)
        panels = [partial(self._panel, each, visit) for each in served.panels]
        shown = [panel() for panel in panels] if served.public else at_once(panels)
        values["panels"] = [html for html in shown if html is not None]
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
        return FormState(
            name,
            target.operation.body,
            self.words(visit),
            f"/{visit.language}{visit.address}",
            tuple(pairs),
            keyed=not visit.served.public,
            reply=visit.replies.get(name),
            upload=target.operation.route.upload,
            own=own or Own(next=addresses.own_path(visit.query.get("next"))),
        )

    def _is_open(self, served: ServedPage, actor: Actor) -> bool:
        """May this visitor see the page?"""
        return all(self._calls.is_allowed(actor, each) for each in served.needs) and (
            served.page.place != desk.PLACE or self._desk.is_open(actor)
        )

    def _opens(self, visit: Visit | None, href: str) -> bool:
        """Does a link lead to a page that this visitor may see? Visitors without a session are asked to sign in there,
        and a copy that serves all has the links of all. Of what is no page of ours others decide."""
        if visit is None or visit.served.public or not visit.actor.known:
            return True
        found = self._catalogue.find(f"/{urlsplit(href).path.removeprefix('/').partition('/')[2]}")
        return found is None or self._is_open(found[0], visit.actor)

    def words(self, visit: Visit) -> Words:
        """What the page of a visit says."""
        return self._words[visit.served.package, visit.language]

    def _read(self, part: Part, visit: Visit, values: Mapping[str, Any], *, checking: bool = False) -> dict[str, Any]:
        """What the routes of a page or a panel answer, by name; none for an optional one that does not. What is wrong
        with a search that an optional one refuses stands in `wrong`, by field; `etags` are by name too."""
        found: dict[str, Any] = {**dict.fromkeys(part.names), "wrong": {}, "etags": {}}
        for wave in part.waves:
            known = {**found, **values}
            due = [(read, target) for read, target in wave if checking or not read.checking]
            for name, reply in at_once([partial(self._reply, read, target, visit, known) for read, target in due]):
                if isinstance(reply, Reply):
                    found[name], found["etags"][name] = reply.value, reply.revision
                else:
                    found["wrong"] = reply or found["wrong"]
        return found

    def _reply(
        self, read: Read, target: Target, visit: Visit, values: Mapping[str, object]
    ) -> tuple[str, Reply | Mapping[str, list[str]]]:
        """The name of a read, and what its route answers or, of an optional one, what is wrong with the search."""
        query = target.taken(visit.query) if read.takes_query else ""
        try:
            return read.name, self._calls.read(target, visit.req, values, visit.session.token, query)
        except SuiteError as error:
            if not read.optional or (isinstance(error, Invalid) and not read.takes_query):
                raise
            if isinstance(error, Invalid):
                return read.name, self._errors.messages_of(error, visit.language)
            self._leave_out(visit, error)
            return read.name, {}

    def _leave_out(self, visit: Visit, error: Exception) -> None:
        """Show the page without what was refused or is broken. Raises it where the visitor can mend it, or where others
        would get the same copy: a limit is that of one visitor."""
        if isinstance(error, Unauthenticated) and visit.session.token:
            raise error
        if isinstance(error, SuiteError) and error.status == TooMany.status and visit.served.public:
            raise error
        if not isinstance(error, SuiteError) or error.status == SuiteError.status:
            self._errors.crash(visit.req, error)
        visit.complete &= isinstance(error, NotFound | Forbidden | Unauthenticated)
        visit.req.context.refusal.clear()  # the page was not refused

    def _panel(self, served: ServedPanel, visit: Visit) -> Markup | None:
        """A panel as HTML; None where it is not for this visitor, its service is away, or it is broken."""
        if served.panel.permission and not self._calls.is_allowed(visit.actor, served.panel.permission):
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
        # What somebody typed must not go: a page that shows a form which was sent follows nothing.
        follows = visit is not None and visit.req.method != "POST"
        seen = _seen(visit.served, values) if visit and follows else None
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
            live=visit.this_page(live="1") if visit and seen else "",
            seen=seen,
            here=visit.this_page() if visit else "",
            signed_in=bool(visit and visit.actor.known),
            opens=partial(self._opens, visit),
            assets=self._assets.paths,
            menu=self._menu(language),
            desk=bool(visit and not visit.served.public and self._desk.is_open(visit.actor)),
        )
        html: str = template.render(
            **_spoken(words),
            page=page,
            title=title,
            link=_link(language),
            failure=lambda error: self._errors.title(error["code"], language, error["params"], SuiteError.status),
            **{"form": None, **values},
        )
        return html

    def _menu_in(self, language: str) -> list[tuple[str, str, str]]:
        """(path, address, title) of each page of the main menu."""
        return [
            (each.page.path, f"/{language}{each.page.path}", self._words[each.package, language].say(each.page.title))
            for each in self._catalogue.menu("public")
        ]

    def error(self, problem: str, status: int, request_id: str, language: str) -> str:
        """A problem as a page: what is wrong, what one can do, and the number of the request."""
        values = {"problem": problem, "status": status, "request_id": request_id}
        template = rendering.template(OWN, "data/web/error.html")
        return self._html(template, self._words[OWN, language], language, None, values, problem)


def _seen(served: ServedPage, values: Input) -> str | None:
    """The version that the page shows of what it follows; None where nothing comes any more."""
    ended = served.followed == JOB and not (values.get(JOB) and is_live(values[JOB]))
    found: Mapping[str, str] = values.get("etags", {})
    return None if ended else found.get(served.followed)


def _spoken(words: Words) -> dict[str, Any]:
    return {name: getattr(words, name) for name in rendering.SPOKEN} | {"language": words.language}


def _link(language: str) -> Callable[[str], str]:
    """`link("/editions/2017")`: the page in the reader's language."""
    return lambda path: f"/{language}{path}"
