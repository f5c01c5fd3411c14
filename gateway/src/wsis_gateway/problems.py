"""Failures as RFC 9457 problems: a stable code, a title in the reader's language, nothing of the inside."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from importlib.resources import files
from typing import Any

import falcon
import yaml
from falcon import Request, Response
from wsis_shared.errors import SuiteError, TooMany, Unauthenticated
from wsis_shared.plugin import DiscoveryResult

MEDIA_TYPE = "application/problem+json"
INTERNAL = "suite.internal_error"
_log = logging.getLogger(__name__)

Titles = dict[str, dict[str, str]]


class Refused(SuiteError):
    """A refusal of the gateway's own with an HTTP status that none of the seven kinds has (400, 405, 413, 415, ...)."""

    def __init__(self, status: int, code: str, detail: str, headers: Mapping[str, str] | None = None, **more: Any):
        super().__init__(code, detail, **more)
        self.status = status  # type: ignore[misc]  # of this one refusal
        self.headers = dict(headers or {})


def titles_of(found: DiscoveryResult) -> Titles:
    """Code -> language -> title: the gateway's own, then every plugin's. A plugin cannot change what is there."""
    titles: Titles = yaml.safe_load((files("wsis_gateway") / "errors.yaml").read_text("utf-8"))
    for plugin in found:
        for code, texts in plugin.error_titles.items():
            titles.setdefault(code, texts)
    return titles


class Problems:
    """Turns whatever was raised into an answer."""

    def __init__(self, titles: Titles) -> None:
        self._titles = titles

    def install(self, app: falcon.App[Any, Any]) -> None:
        """Be the one place where failures become answers."""
        app.add_error_handler(Exception, self._unforeseen)
        app.add_error_handler(falcon.HTTPError, self._of_falcon)
        app.add_error_handler(SuiteError, self._of_suite)

    def title(self, code: str, locale: str, params: Mapping[str, Any], status: int) -> str:
        """The title of a code; the status' own phrase where nobody wrote one."""
        texts = self._titles.get(code, {})
        text = texts.get(locale) or texts.get("en")
        if text is None:
            return HTTPStatus(status).phrase
        try:
            return text.format_map(params)
        except (KeyError, IndexError, ValueError, AttributeError):
            return text

    def write(self, req: Request, resp: Response, error: SuiteError) -> None:
        """Fill in the response. From 500 on only the code leaves: texts may tell of the inside."""
        status, code, params = error.status, error.code, dict(error.params)
        if status == 500:
            code = INTERNAL
        if status >= 500:
            params = {name: params[name] for name in ("retry_after",) if name in params}
        locale, request_id = req.context.locale, req.context.request_id
        problem: dict[str, Any] = {
            "type": f"/problems/{code}",
            "title": self.title(code, locale, params, status),
            "status": status,
            "code": code,
            "instance": f"urn:request:{request_id}",
            "request_id": request_id,
        }
        if error.detail and status < 500:
            problem["detail"] = error.detail
        if params:
            problem["params"] = params
        if error.fields and status < 500:
            problem["errors"] = [
                {"field": field, "messages": messages} for field, messages in sorted(error.fields.items())
            ]
        resp.status = status
        resp.content_type = MEDIA_TYPE
        resp.data = json.dumps(problem, ensure_ascii=False, default=str).encode()
        resp.text = resp.media = None
        resp.set_header("Content-Language", locale)
        resp.set_header("Cache-Control", "no-store")
        if isinstance(error, Unauthenticated):
            resp.set_header("WWW-Authenticate", challenge(code))
        if status in (TooMany.status, 503):
            resp.set_header("Retry-After", str(max(1, int(params.get("retry_after", 2)))))
        if isinstance(error, Refused):
            resp.set_headers(error.headers)

    def _of_suite(self, req: Request, resp: Response, error: SuiteError, _params: Any) -> None:
        if error.status == 500:
            _log.error("failed", extra={"code": error.code, "request_id": req.context.request_id})
        self.write(req, resp, error)

    def _of_falcon(self, req: Request, resp: Response, error: falcon.HTTPError, _params: Any) -> None:
        status = falcon.http_status_to_code(error.status)
        headers = dict(error.headers or {})
        if status == 404:
            found = Refused(404, "gateway.not_found", "There is no such address.")
        elif status == 405:
            found = Refused(405, "gateway.method_not_allowed", f"Not with {req.method[:20]}.", headers)
        else:
            found = Refused(status, INTERNAL if status >= 500 else "gateway.request_malformed", "", headers)
        self.write(req, resp, found)

    def _unforeseen(self, req: Request, resp: Response, error: Exception, _params: Any) -> None:
        _log.error(
            "failed",
            extra={"error": type(error).__name__, "where": _place(error), "request_id": req.context.request_id},
        )
        self.write(req, resp, SuiteError(INTERNAL))


def challenge(code: str) -> str:
    """`WWW-Authenticate` of RFC 6750: without an error where no token was sent."""
    if code == "gateway.token_missing":
        return 'Bearer realm="wsis"'
    return 'Bearer realm="wsis", error="invalid_token"'


def _place(error: BaseException) -> str:
    """Where it was raised. Never the text of the exception: it may hold what a person sent."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else ""
