"""The gateway's own pages: the OpenAPI document, its viewer, and what each problem means. No asset from elsewhere."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import falcon
from falcon import Request, Response
from wsis_shared.reference import languages

from wsis_gateway.cache import etag_of, matches

# Files of the viewer by what they are served as: Swagger UI from the package swagger-ui-py, the rest is ours.
_VIEWER = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript"}
_OWN = {"viewer.js": "text/javascript", "page.css": "text/css"}
# Swagger UI sets styles inline and draws its icons from data addresses.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def install(app: falcon.App[Any, Any], document: dict[str, Any], titles: Mapping[str, Mapping[str, str]]) -> None:
    """Add /openapi.json, /docs and /problems."""
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    app.add_route("/openapi.json", Asset(body, "application/json"))
    data = files("wsis_gateway") / "data"
    app.add_route("/docs", Asset((data / "docs.html").read_bytes(), "text/html; charset=utf-8"))
    for name, kind in _OWN.items():
        app.add_route(f"/docs/{name}", Asset((data / name).read_bytes(), f"{kind}; charset=utf-8"))
    viewer = files("swagger_ui") / "static"
    for name, kind in _VIEWER.items():
        app.add_route(f"/docs/{name}", Asset((viewer / name).read_bytes(), f"{kind}; charset=utf-8"))
    app.add_route("/problems/{code}", Meaning(titles, _places(document)))


class Asset:
    """Bytes that stay the same as long as this process."""

    def __init__(self, body: bytes, kind: str) -> None:
        self._body, self._kind, self._etag = body, kind, etag_of(body)

    def on_get(self, req: Request, resp: Response) -> None:
        """The bytes, or 304."""
        resp.set_header("ETag", self._etag)
        resp.set_header("Cache-Control", "public, max-age=300")
        resp.set_header("Content-Security-Policy", _POLICY)
        if matches(req.env.get("HTTP_IF_NONE_MATCH"), self._etag):
            resp.status = 304
            return
        resp.content_type = self._kind
        resp.data = self._body

    on_head = on_get


class Meaning:
    """What a code means, in seven languages, and which operations answer with it."""

    def __init__(self, titles: Mapping[str, Mapping[str, str]], places: Mapping[str, list[str]]) -> None:
        self._titles, self._places = titles, places

    def on_get(self, req: Request, resp: Response, code: str) -> None:
        """JSON, or HTML for browsers."""
        titles = self._titles.get(code)
        if titles is None:
            raise falcon.HTTPNotFound
        resp.set_header("Cache-Control", "public, max-age=300")
        resp.set_header("Vary", "Accept")
        places = self._places.get(code, [])
        if req.client_prefers(["application/json", "text/html"]) == "text/html":
            resp.content_type = "text/html; charset=utf-8"
            resp.set_header("Content-Security-Policy", _POLICY)
            resp.data = _page(code, titles, places).encode()
        else:
            resp.data = json.dumps({"code": code, "titles": titles, "operations": places}, ensure_ascii=False).encode()

    on_head = on_get


def _page(code: str, titles: Mapping[str, str], places: list[str]) -> str:
    rows = "".join(
        f'<p lang="{language.code}" dir="{language.direction}">{html.escape(titles[language.code])}</p>'
        for language in languages()
        if language.code in titles
    )
    listed = "".join(f"<li><code>{html.escape(place)}</code></li>" for place in places)
    where = f"<h2>Answered by</h2><ul>{listed}</ul>" if listed else ""
    name = html.escape(code)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{name}</title>'
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/docs/page.css">'
        f'<main><h1><code>{name}</code></h1>{rows}{where}<p><a href="/docs">API</a></p></main></html>'
    )


def _places(document: Mapping[str, Any]) -> dict[str, list[str]]:
    places: dict[str, list[str]] = {}
    for path, by_method in document["paths"].items():
        for method, operation in by_method.items():
            for code in operation.get("x-error-codes", []):
                places.setdefault(code, []).append(f"{method.upper()} {path}")
    return places
