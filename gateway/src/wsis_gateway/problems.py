"""Errors as RFC 9457 problem documents: a stable code, a translated title, no internal details."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from itertools import islice
from typing import TypedDict

import falcon
from falcon import Request, Response
from wsis_shared import messages
from wsis_shared.errors import SuiteError, TooMany, Unauthenticated
from wsis_shared.messages import FieldMessages
from wsis_shared.plugin import DiscoveryResult
from wsis_shared.translations import by_key

MEDIA_TYPE = "application/problem+json"
INTERNAL = "suite.internal_error"
_log = logging.getLogger(__name__)

# Of a problem document, what is beyond is left out: a request of 250 kB can have 100,000 mistakes, and messages quote.
MAX_ERRORS = 100
MAX_MESSAGES = 10  # about one field
MAX_TEXT = 500  # characters of one message, field or detail

Titles = Mapping[str, Mapping[str, str]]


class HttpError(SuiteError):
    """An error of the gateway with an HTTP status outside the kinds of SuiteError (400, 405, 413, 415, ...)."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str | None = None,
        headers: Mapping[str, str] | None = None,
        fields: dict[str, list[str]] | None = None,
        **more: object,
    ) -> None:
        super().__init__(code, detail, more, fields)
        self.status = status  # type: ignore[misc]  # of this instance
        self.headers = dict(headers or {})


def load_titles(found: DiscoveryResult) -> Titles:
    """Code -> language -> title, of the gateway and of every plugin. A plugin cannot replace an existing title."""
    titles = dict(by_key("wsis_gateway", "errors"))
    for plugin in found:
        for code, texts in plugin.error_titles.items():
            titles.setdefault(code, texts)
    return titles


def field_messages(found: DiscoveryResult) -> FieldMessages:
    """The messages about fields, of the suite and of every plugin."""
    return FieldMessages([messages.of_suite(), *(plugin.field_messages for plugin in found)])


class FieldError(TypedDict):
    """One entry of `errors`: `codes` has the stable code of each message, null where no catalogue knows it."""

    field: str
    messages: list[str]
    codes: list[str | None]


class ErrorHandlers:
    """Turns exceptions into problem documents."""

    def __init__(self, titles: Titles, messages: FieldMessages) -> None:
        self._titles, self._messages = titles, messages

    def install(self, app: falcon.App[falcon.Request, falcon.Response]) -> None:
        """Register the error handlers."""
        app.add_error_handler(Exception, self._on_exception)
        app.add_error_handler(falcon.HTTPError, self._on_http_error)
        app.add_error_handler(SuiteError, self._on_suite_error)

    def title(self, code: str, locale: str, params: Mapping[str, object], status: int) -> str:
        """The title of a code, or the reason phrase of the status."""
        texts = self._titles.get(code, {})
        text = texts.get(locale) or texts.get("en")
        if text is None:
            return HTTPStatus(status).phrase
        try:
            return text.format_map(params)
        except (KeyError, IndexError, ValueError, AttributeError):
            return text

    def title_of(self, error: SuiteError, locale: str) -> str:
        """What the error says to a reader."""
        return self.title(_code(error), locale, _params(error), error.status)

    def messages_of(self, error: SuiteError, locale: str) -> dict[str, list[str]]:
        """Field -> what is wrong with it, once each, in words for people."""
        fields = islice(error.fields.items(), MAX_ERRORS) if error.status < 500 else ()
        rows = [self._field_error(field, messages[:MAX_MESSAGES], locale) for field, messages in fields]
        return {row["field"]: list(dict.fromkeys(_plain(row, locale))) for row in rows}

    def document(self, req: Request, error: SuiteError) -> bytes:
        """The problem document. For a 5xx error it has the code alone: a text may reveal internals."""
        status, code, params = error.status, _code(error), _params(error)
        locale, request_id = req.context.locale, req.context.request_id
        problem: dict[str, object] = {
            "type": f"/problems/{code}",
            "title": self.title(code, locale, params, status),
            "status": status,
            "code": code,
            "instance": f"urn:request:{request_id}",
            "request_id": request_id,
        }
        if error.detail and status < 500:
            problem["detail"] = error.detail[:MAX_TEXT]
        if params:
            problem["params"] = params
        if error.fields and status < 500:
            problem["errors"] = [
                self._field_error(field, messages[:MAX_MESSAGES], locale)
                for field, messages in sorted(islice(error.fields.items(), MAX_ERRORS))
            ]
        return json.dumps(problem, ensure_ascii=False, default=str).encode()

    def write(self, req: Request, resp: Response, error: SuiteError) -> None:
        """Respond with the problem document."""
        status = error.status
        req.context.refusal["error"] = _code(error)  # of the line in the access log
        resp.status = status
        resp.content_type = MEDIA_TYPE
        resp.data = self.document(req, error)
        resp.text = resp.media = None
        resp.set_header("Content-Language", req.context.locale)
        resp.set_header("Cache-Control", "no-store")
        if isinstance(error, Unauthenticated):
            resp.set_header("WWW-Authenticate", www_authenticate(error.code))
        if status in (TooMany.status, 503):
            resp.set_header("Retry-After", str(max(1, int(2 if error.retry_after is None else error.retry_after))))
        if isinstance(error, HttpError):
            resp.set_headers(error.headers)

    def _field_error(self, field: str, messages: list[str], locale: str) -> FieldError:
        translated = [self._messages.translate(str(message)[:MAX_TEXT], locale) for message in messages]
        return {
            "field": field[:MAX_TEXT],
            "messages": [message.text for message in translated],
            "codes": [message.code for message in translated],
        }

    def _on_suite_error(self, req: Request, resp: Response, error: SuiteError, _params: object) -> None:
        if error.status == 500:
            _log.error("failed", extra={"error": error.code, "request_id": req.context.request_id})
        self.write(req, resp, error)

    def _on_http_error(self, req: Request, resp: Response, error: falcon.HTTPError, _params: object) -> None:
        status = falcon.http_status_to_code(error.status)
        headers = dict(error.headers or {})
        if status == 404:
            problem = HttpError(404, "gateway.not_found")
        elif status == 405:
            problem = HttpError(405, "gateway.method_not_allowed", f"Not with {req.method[:20]}.", headers)
        else:
            problem = HttpError(status, INTERNAL if status >= 500 else "gateway.request_malformed", "", headers)
        self.write(req, resp, problem)

    @staticmethod
    def crash(req: Request, error: Exception) -> SuiteError:
        """Log what should not happen. Returns what clients are told of it."""
        _log.error(
            "failed",
            extra={"error": type(error).__name__, "where": _raised_at(error), "request_id": req.context.request_id},
        )
        return SuiteError(INTERNAL)

    def _on_exception(self, req: Request, resp: Response, error: Exception, _params: object) -> None:
        self.write(req, resp, self.crash(req, error))


def _code(error: SuiteError) -> str:
    return INTERNAL if error.status == 500 else error.code


def _params(error: SuiteError) -> dict[str, object]:
    return {name: value for name, value in error.params.items() if error.status < 500 or name == "retry_after"}


def www_authenticate(code: str) -> str:
    """The value of `WWW-Authenticate` (RFC 6750): without `error` if the request had no token."""
    if code == "gateway.token_missing":
        return 'Bearer realm="wsis"'
    return 'Bearer realm="wsis", error="invalid_token"'


def _raised_at(error: BaseException) -> str:
    """File and line of the exception. Not its text, which may contain user input."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else ""


def _plain(row: FieldError, locale: str) -> Iterator[str]:
    """The messages as pages say them: some are for programs."""
    texts = by_key("wsis_gateway", "pages")
    for message, code in zip(row["messages"], row["codes"], strict=True):
        yield texts.get(f"plain_{(code or '').rpartition('.')[2]}", {}).get(locale, message)
