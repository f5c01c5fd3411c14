"""Forms that visitors send: the route is called as a client would call it, and the page follows that comes next.

Where the route refuses, the page comes back with the errors at their fields and all that was typed. Where the session
has ended meanwhile, the form is carried through the sign-in, and comes back filled in.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import quote_plus

from wsis_shared import clock
from wsis_shared.blobs import Blob
from wsis_shared.errors import Forbidden, Invalid, NotFound, SuiteError, Unauthenticated, Unavailable
from wsis_shared.plugin import PUBLIC

from wsis_gateway import forms as bodies
from wsis_gateway import request_parsing
from wsis_gateway.uploads import FILE
from wsis_gateway.web import addresses, forms, origin, session
from wsis_gateway.web.addresses import Target
from wsis_gateway.web.calls import Reply
from wsis_gateway.web.form_files import FormFiles, Sent
from wsis_gateway.web.forms import FormState, Own
from wsis_gateway.web.site import Site
from wsis_gateway.web.visits import Visit

MAX_RETURN = request_parsing.BODY_BYTES - 16 * 1024  # of a form that waits for the sign-in, as browsers encode it
# What is said at the field of what the API says of the whole request.
_AT_FILE = {
    "gateway.body_too_large": "This file is too large.",
    "gateway.file_type_unsupported": "Files of this type are not accepted here.",
}
KEY_REUSED = "suite.idempotency_key_reused"
OVER = "session_over"  # what is said of it


class Posts:
    """Takes the forms of all pages."""

    def __init__(self, site: Site) -> None:
        self._site, self._files = site, FormFiles(site.calls, site.sessions)

    def __call__(self, visit: Visit) -> None:
        """One form. Raises SuiteError."""
        origin.check(visit.req)
        sent = self._files.sent(visit)
        own, pairs = sent.own, forms.coded(sent.pairs, self._site.pages.words(visit))
        visit.req.context.complete_at = clock.now()
        name, (form, target) = visit.served.form(own.form)
        state = self._site.pages.state(visit, name, pairs, own)
        if sent.chosen:
            state = replace(state, file=sent.file.filename if sent.file else "", lost=sent.file is None)
        in_path = self._in_path(visit, target)
        values = {**dict(pairs), **visit.variables}
        try:
            if isinstance(sent.refused, Unauthenticated):
                raise sent.refused  # whatever form it is, only a part of it may have been read
            if not visit.session.token:
                visit.session = self._site.sessions.of(visit.req, visit.resp)
            body = bodies.nested((pair for pair in pairs if pair[0] not in in_path), target.operation.body)
            if target.operation.route.upload and sent.file is None:
                self._without_file(target, body, sent)
            if form.confirm and not own.checked:
                self._checked(target, body)
                return self._show(visit, replace(state, checking=True), 200)
            reply = self._send(visit, target, values, body, own, sent.file)
        except SuiteError as error:
            if target.operation.route.session == session.ENDS:
                visit.session = self._site.sessions.end(visit.resp)  # whatever fails, this browser forgets it
                if isinstance(error, Unauthenticated):
                    return self._go_on(visit, target, form.then, {**values, **visit.variables}, own)
            return self._refuse(visit, target, state, error, sent)
        if target.operation.route.session == session.LEAVES:
            self._leave(visit, reply.value["url"], reply.value[session.BINDING], own)
        if not form.then:
            visit.replies[name] = reply.value
            kept = None if form.again or form.preview else _opening(visit)
            return self._show(visit, state.done(reply.value, kept), 200)
        self._go_on(visit, target, form.then, {**values, **reply.value, **visit.variables}, own)

    @staticmethod
    def _in_path(visit: Visit, target: Target) -> set[str]:
        """The fields that are variables of a route of the page, which no body of this one has."""
        named = {name for _, each in visit.served.forms.values() for name in each.variables}
        return named - set(visit.variables) - set(target.operation.body.fields if target.operation.body else ())

    def _refuse(self, visit: Visit, target: Target, state: FormState, error: SuiteError, sent: Sent) -> None:
        refused = self._with_problem(visit, state, error)
        if self._is_second_step(visit) and _begins_again(error, state.own):
            return self._begin_again(visit, state.own)
        if _needs_session(error, target):
            said = "session_over_file" if state.lost else OVER
            return self._carry(visit, refused, self._site.catalogue.sign_in, said, error.status)
        if isinstance(error, Forbidden) and (step := self._site.step_before(visit)):
            return self._carry(visit, refused, step.page.path, "second_step_first", error.status)
        if error.code == KEY_REUSED:  # the same form was sent with other texts: it is another act
            return self._show(visit, replace(refused, own=replace(state.own, key="")), error.status)
        messages = self._site.errors.messages_of(error, visit.language)
        if sent.file is not None and any(name.partition(".")[0] == FILE for name in messages):
            self._files.discard(target, sent.file)  # another one must be chosen
            refused = replace(refused, own=replace(refused.own, kept=""), file="")
        self._show(visit, replace(refused, errors=messages), error.status)

    def _send(
        self,
        visit: Visit,
        target: Target,
        values: Mapping[str, str],
        body: dict[str, Any],
        own: Own,
        file: Blob | None = None,
    ) -> Reply:
        calls, route = self._site.calls, target.operation.route
        if route.session == session.BEGINS and self._is_second_step(visit) and not visit.session.refresh:
            raise Unauthenticated("gateway.token_missing")
        if route.session == session.BEGINS and visit.session.refresh:
            body = {**body, "refresh_token": visit.session.refresh}  # that session ends
        if session.BINDING in getattr(target.operation.body, "fields", ()):
            # Without one, or with that of another journey, the route says that this one is over.
            body = {**body, session.BINDING: session.journey(visit.req)[0] or "none"}
        headers = {"idempotency_key": own.key, "if_match": own.revision}
        token = "" if route.session == session.BEGINS else visit.session.token
        try:
            return calls.write(target, visit.req, values, token, body, file, **headers)
        except Unauthenticated as error:
            if not _needs_session(error, target) or not visit.session.refresh:
                raise
            visit.session = self._site.sessions.renewed(visit.session, visit.req, visit.resp)
            return calls.write(target, visit.req, values, visit.session.token, body, file, **headers)

    @staticmethod
    def _checked(target: Target, body: Mapping[str, Any]) -> None:
        request_parsing.load(target.operation.body, body, "gateway.content_invalid")

    def _without_file(self, target: Target, body: Mapping[str, object], sent: Sent) -> None:
        """Raise what is wrong with the file, or that there is none, and what else is wrong."""
        error = sent.refused or _invalid({FILE: ["Choose a file."]})
        wrong = {FILE: [_AT_FILE[error.code]]} if error.code in _AT_FILE else dict(error.fields)
        if FILE not in wrong:
            raise error
        try:
            self._checked(target, body)
        except Invalid as others:
            wrong |= others.fields
        raise _invalid(wrong)

    def _show(self, visit: Visit, state: FormState, status: int) -> None:
        """The page with the form as it was sent; the form alone where what the page reads does not answer."""
        self._ask_again(visit, state)
        if status == NotFound.status and visit.served.forms[state.name][0].again and visit.replies:
            state, status = replace(state, problem="", errors={}), 200  # a secret opens one of two things
        try:
            html = self._site.shown(visit, state)
        except SuiteError as error:
            if state.checking and isinstance(error, Unauthenticated | Forbidden):
                raise
            if not state.problem:
                state, status = self._with_problem(visit, state, error), error.status
            html = self._site.pages.alone(visit, replace(state, checking=False))
        self._site.send(visit, html, status)

    def _with_problem(self, visit: Visit, state: FormState, error: SuiteError) -> FormState:
        """The form with what the error says; one that was done is not sent again."""
        away = error.status == Unavailable.status and state.reply is None
        return replace(state, problem=self._site.errors.title_of(error, visit.language), away=away)

    def _ask_again(self, visit: Visit, state: FormState) -> None:
        """What the forms that are asked again show of what was typed into another one, where that is enough."""
        for name, (form, target) in visit.served.forms.items():
            if not form.again or name in visit.replies:
                continue
            needed = (target.variables - set(visit.variables)) | {
                key for key, field in target.operation.body.fields.items() if field.required
            }
            if not all(any(state.typed.get(each, ())) for each in needed):
                continue
            values = {**dict(state.pairs), **visit.variables}
            own = [pair for pair in state.pairs if pair[0] in target.operation.body.fields]
            body = bodies.nested(own, target.operation.body)
            with suppress(SuiteError):
                visit.replies[name] = self._send(visit, target, values, body, Own()).value

    def _go_on(self, visit: Visit, target: Target, then: str, values: Mapping[str, Any], own: Own) -> None:
        kind, resp = target.operation.route.session, visit.resp
        following, back = addresses.fill(then, values), addresses.own_path(own.next)
        if kind == session.ASKS:
            visit.mailed_to = str(values.get("email", ""))
            session.keep_address(resp, visit.mailed_to)
            if own.returns:
                return self._show_other(visit, following, own.returns)
            following = addresses.with_query(following, next=back)
        elif kind == session.BEGINS:
            asked_here, left_for = session.address(visit.req), session.journey(visit.req)[1]
            visit.session = self._site.sessions.begin(resp, values)
            step = self._site.catalogue.second_step if values.get(session.MISSING) else None
            if own.returns and step:
                return self._show_other(visit, step.page.path, own.returns)
            if own.returns:
                return self._come_back(visit, own.returns)
            if session.BINDING in getattr(target.operation.body, "fields", ()):
                following = addresses.own_path(left_for) or following
            # A link of somebody else's mail, with `next` added, would have visitors go on in that one's account. Who
            # shows a second factor goes on in the account that they are in.
            elif back and (self._is_second_step(visit) or (asked_here and asked_here == values.get("email"))):
                following = back
            following = self._site.by_second_step(following) if step else following
        elif kind == session.ENDS:
            visit.session = self._site.sessions.end(resp)
        self._site.redirect(resp, f"/{visit.language}{following}")

    @staticmethod
    def _leave(visit: Visit, url: str, binding: str, own: Own) -> None:
        """Lead to the page of a provider: by the page that comes next, as `form-action` lets no form of ours be
        redirected to another site. This browser alone can come back."""
        session.keep_journey(visit.resp, binding, addresses.own_path(own.next))
        visit.resp.set_header("Refresh", f"0;url={url}")

    # -- a form that waits for the sign-in -----------------------------------------------------------------------------

    def _carry(self, visit: Visit, state: FormState, address: str, said: str, status: int) -> None:
        """Show a step of the sign-in, which brings the form along; the form alone where it is too long for that."""
        about = {"path": visit.address, "form": state.name, "revision": state.own.revision}
        kept = json.dumps(about | {"pairs": state.pairs}, ensure_ascii=False)
        if len(quote_plus(kept)) > MAX_RETURN or not address:
            return self._site.send(visit, self._site.pages.alone(visit, state), status)
        self._show_other(visit, address, kept, said, status)

    def _begin_again(self, visit: Visit, own: Own) -> None:
        """The session has ended before its second step, or is too old for it: lead to the first, with what both bring
        along."""
        visit.session = self._site.sessions.end(visit.resp)
        if own.returns:
            return self._show_other(visit, self._site.catalogue.sign_in, own.returns, OVER, Unauthenticated.status)
        self._site.ask_to_sign_in(visit, own.next or visit.address)

    def _is_second_step(self, visit: Visit) -> bool:
        return visit.served is self._site.catalogue.second_step

    def _show_other(self, visit: Visit, address: str, returns: str, said: str = "", status: int = 200) -> None:
        """Another page, which brings the form along; `said` is the key of what it says is missing."""
        other = self._site.visit(visit, address)
        state = self._site.pages.state(other, next(iter(other.served.forms)), (), Own(returns=returns))
        problem = self._site.pages.words(other).say(said) if said else ""
        self._show(other, replace(state, problem=problem), status)

    def _come_back(self, visit: Visit, returns: str) -> None:
        """The page of the form, filled in and not sent: whoever signed in looks at it first."""
        try:
            kept = json.loads(returns)
            pairs = [(str(name), str(text)) for name, text in kept["pairs"]]
            "".join(map("".join, pairs)).encode()  # half a pair of surrogates is no text
            other = self._site.visit(visit, addresses.own_path(kept["path"]))
            own = Own(revision=str(kept.get("revision", "")))
            state = self._site.pages.state(other, str(kept["form"]), pairs, own)
        except (ValueError, TypeError, KeyError, RecursionError, SuiteError):
            return self._site.redirect(visit.resp, f"/{visit.language}/")
        problem = self._site.pages.words(other).say("signed_in_again")
        self._show(other, replace(state, problem=problem, lost=state.upload is not None), 200)


def _invalid(fields: dict[str, list[str]]) -> Invalid:
    return Invalid("gateway.content_invalid", "Some fields are not acceptable.", fields=fields)


def _opening(visit: Visit) -> set[str]:
    """The fields that open the page, as the secret of a mailed link: its forms that are asked again need them."""
    asked = [target for form, target in visit.served.forms.values() if form.again]
    return {name for target in asked for name in (*target.variables, *target.operation.body.fields)}


def _begins_again(error: SuiteError, own: Own) -> bool:
    """Does only a new sign-in lead past the second step? It refuses a session that is over, and one that has begun too
    long ago: what that brings along would be lost by a link."""
    return isinstance(error, Unauthenticated) or (isinstance(error, Forbidden) and bool(own.returns))


def _needs_session(error: SuiteError, target: Target) -> bool:
    """Is it the session that is missing? A route for everybody says so of what the form holds, such as a code."""
    return isinstance(error, Unauthenticated) and target.operation.route.permission != PUBLIC
