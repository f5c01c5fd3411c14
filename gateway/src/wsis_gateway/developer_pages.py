"""Pages for developers: the OpenAPI document, its viewer and the problem types. No external assets."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import falcon
from falcon import Request, Response
from wsis_shared.context import ANONYMOUS
from wsis_shared.reference import languages

from wsis_gateway.cache import etag_of, matches
from wsis_gateway.limits import Limits

# File -> media type. Swagger UI comes from the package swagger-ui-py.
_VIEWER_FILES = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript"}
_OWN_FILES = {"viewer.js": "text/javascript", "start.js": "text/javascript", "page.css": "text/css"}
# Swagger UI sets styles inline and draws its icons from data addresses.
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def install(
    app: falcon.App[falcon.Request, falcon.Response],
    limits: Limits,
    document: dict[str, Any],
    titles: Mapping[str, Mapping[str, str]],
) -> None:
    """Add /openapi.json, /docs and /problems. They count as reads: the largest has more than a megabyte."""
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    app.add_route("/openapi.json", StaticResource(limits, body, "application/json"))
    data = files("wsis_gateway") / "data"
    app.add_route("/docs", StaticResource(limits, (data / "docs.html").read_bytes(), "text/html; charset=utf-8"))
    for name, media_type in _OWN_FILES.items():
        own = StaticResource(limits, (data / name).read_bytes(), f"{media_type}; charset=utf-8")
        app.add_route(f"/docs/{name}", own)
    viewer = files("swagger_ui") / "static"
    for name, media_type in _VIEWER_FILES.items():
        theirs = StaticResource(limits, (viewer / name).read_bytes(), f"{media_type}; charset=utf-8")
        app.add_route(f"/docs/{name}", theirs)
    app.add_route("/problems/{code}", ProblemTypePage(limits, titles, _operations_by_code(document)))


class StaticResource:
    """Bytes that do not change while the process runs."""

    def __init__(self, limits: Limits, body: bytes, media_type: str) -> None:
        self._limits = limits
        self._body, self._media_type, self._etag = body, media_type, etag_of(body)

    def on_get(self, req: Request, resp: Response) -> None:
        """The bytes, or 304."""
        resp.set_headers(self._limits.hit("read", ANONYMOUS, req.context.network))
        resp.set_header("ETag", self._etag)
        resp.set_header("Cache-Control", "public, max-age=300")
        resp.set_header("Content-Security-Policy", CONTENT_POLICY)
        if matches(req.env.get("HTTP_IF_NONE_MATCH"), self._etag):
            resp.status = 304
            return
        resp.content_type = self._media_type
        resp.data = self._body

    on_head = on_get


class ProblemTypePage:
    """The page of a problem type: its titles, and the operations that return it."""

    def __init__(
        self, limits: Limits, titles: Mapping[str, Mapping[str, str]], operations: Mapping[str, list[str]]
    ) -> None:
        self._limits, self._titles, self._operations_by_code = limits, titles, operations

    def on_get(self, req: Request, resp: Response, code: str) -> None:
        """JSON, or HTML for a browser."""
        resp.set_headers(self._limits.hit("read", ANONYMOUS, req.context.network))
        titles = self._titles.get(code)
        if titles is None:
            raise falcon.HTTPNotFound
        resp.set_header("Cache-Control", "public, max-age=300")
        resp.set_header("Vary", "Accept")
        operations = self._operations_by_code.get(code, [])
        if req.client_prefers(["application/json", "text/html"]) == "text/html":
            resp.content_type = "text/html; charset=utf-8"
            resp.set_header("Content-Security-Policy", CONTENT_POLICY)
            resp.data = _page(code, titles, operations).encode()
        else:
            resp.data = json.dumps(
                {"code": code, "titles": titles, "operations": operations}, ensure_ascii=False
            ).encode()

    on_head = on_get


def _page(code: str, titles: Mapping[str, str], operations: list[str]) -> str:
    rows = "".join(
        f'<p lang="{language.code}" dir="{language.direction}">{html.escape(titles[language.code])}</p>'
        for language in languages()
        if language.code in titles
    )
    listed = "".join(f"<li><code>{html.escape(operation)}</code></li>" for operation in operations)
    where = f"<h2>Returned by</h2><ul>{listed}</ul>" if listed else ""
    name = html.escape(code)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{name}</title>'
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/docs/page.css">'
        f'<main><h1><code>{name}</code></h1>{rows}{where}<p><a href="/docs">API</a></p></main></html>'
    )


def _operations_by_code(document: Mapping[str, Any]) -> dict[str, list[str]]:
    operations: dict[str, list[str]] = {}
    for path, by_method in document["paths"].items():
        for method, operation in by_method.items():
            for code in operation.get("x-error-codes", []):
                operations.setdefault(code, []).append(f"{method.upper()} {path}")
    return operations
