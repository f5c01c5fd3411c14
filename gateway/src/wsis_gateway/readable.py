"""Readable HTML of JSON responses and of problems, for browsers: people follow the links of mails.

The page says what the JSON says, with the names of its fields: lists and definition lists, no script. Programs that
accept JSON as well, or anything, get JSON.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from falcon import Request, Response
from wsis_shared.json_types import Input
from wsis_shared.reference import language
from wsis_shared.schemas import LOCALES
from wsis_shared.translations import by_language

from wsis_gateway import problems
from wsis_gateway.cache import etag_of, matches

JSON, HTML = "application/json", "text/html"
POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
MAX_DEPTH = 12
MAX_BYTES = 512 * 1024  # a larger response stays JSON
_LINK = re.compile(r"https?://[^\s<>\"]+|/v1/[^\s<>\"]*")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?Z)?")


class ReadableMiddleware:
    """Turns a response into a page where the client prefers HTML and the response is JSON of an operation or a problem.

    Both forms of a response that may be cached say `Vary: Accept`, and each has its own ETag.
    """

    def process_response(self, req: Request, resp: Response, _resource: object, _succeeded: bool) -> None:
        """Runs before the headers of all responses are set."""
        media_type = str(resp.content_type or "").partition(";")[0]
        is_problem = media_type == problems.MEDIA_TYPE
        is_read = media_type == JSON and req.method in ("GET", "HEAD") and req.path.startswith("/v1/")
        if not is_problem and not is_read:
            return
        if is_read:
            resp.append_header("Vary", "Accept")
        if resp.data is None or len(resp.data) > MAX_BYTES or not prefers_html(req):
            return
        body = (_problem if is_problem else _result)(req, json.loads(resp.data)).encode()
        resp.content_type = f"{HTML}; charset=utf-8"
        resp.set_header("Content-Security-Policy", POLICY)
        resp.set_header("Content-Language", req.context.locale)
        resp.data = body
        if is_read and resp.get_header("ETag") is not None:
            etag = etag_of(body)
            resp.set_header("ETag", etag)
            if matches(req.env.get("HTTP_IF_NONE_MATCH"), etag):
                resp.status, resp.data = 304, None


def prefers_html(req: Request) -> bool:
    """Only a client that names HTML, as browsers do."""
    return HTML in req.env.get("HTTP_ACCEPT", "") and req.client_prefers([JSON, HTML]) == HTML


def _result(req: Request, value: object) -> str:
    words, locale = _words(req.context.locale), req.context.locale
    title = ""
    if isinstance(value, dict):
        title = next((text for name in ("title", "name") if (text := _text_of(value.get(name), locale))), "")
    more = ""
    if isinstance(value, dict) and isinstance(value.get("next"), str | int) and not isinstance(value["next"], bool):
        query = {**dict(parse_qsl(req.query_string)), "after": value["next"]}
        address = f"{quote(req.path)}?{urlencode(query)}"
        more = f'<p><a rel="next" href="{html.escape(address)}">{html.escape(words["next"])}</a></p>'
        value = {name: item for name, item in value.items() if name != "next"}
    return _page(locale, title or words["brand"], "".join(_value(value, locale, words)) + more, words)


def _problem(req: Request, problem: Input) -> str:
    locale = req.context.locale
    words = _words(locale)
    parts = []
    if problem.get("detail"):
        parts.append(f'<p lang="en" dir="ltr">{html.escape(str(problem["detail"]))}</p>')
    if problem.get("status") == 401:
        parts.append(f"<p>{html.escape(words['sign_in'])}</p>")
    if errors := problem.get("errors"):
        rows = "".join(
            f"<dt><code>{html.escape(str(error['field']))}</code></dt>"
            f"<dd>{html.escape(' '.join(map(str, error['messages'])))}</dd>"
            for error in errors
        )
        parts.append(f"<dl>{rows}</dl>")
    code, number = html.escape(str(problem["code"])), html.escape(str(problem["request_id"]))
    parts.append(
        f'<p><a href="/problems/{code}"><code>{code}</code></a></p>'
        f"<p>{html.escape(words['request'])} <code>{number}</code></p>"
    )
    return _page(locale, str(problem["title"]), "".join(parts), words)


def _page(locale: str, title: str, content: str, words: Mapping[str, str]) -> str:
    heading = html.escape(title)
    return (
        f'<!doctype html><html lang="{locale}" dir="{language(locale).direction}"><meta charset="utf-8">'
        f'<title>{heading}</title><meta name="viewport" content="width=device-width">'
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="/docs/page.css">'
        f'<main class="readable"><h1 dir="auto">{heading}</h1>{content}'
        f'<p><a href="/docs">{html.escape(words["api"])}</a></p></main></html>\n'
    )


def _value(value: Any, locale: str, words: Mapping[str, str], depth: int = 0) -> Iterator[str]:
    """A value of JSON as HTML. A text in several languages is shown in the reader's."""
    if value is None or value in ([], {}):
        yield html.escape(words["none"])
    elif isinstance(value, bool):
        yield html.escape(words["yes" if value else "no"])
    elif isinstance(value, int | float):
        yield f"<bdi>{value}</bdi>"
    elif isinstance(value, str):
        yield _text(value)
    elif (text := _text_of(value, locale)) is not None:
        yield _text(text)
    elif depth >= MAX_DEPTH:
        yield "…"
    elif isinstance(value, list):
        yield "<ul>"
        for item in value:
            yield "<li>"
            yield from _value(item, locale, words, depth + 1)
            yield "</li>"
        yield "</ul>"
    else:
        yield "<dl>"
        for name, item in value.items():
            yield f'<dt lang="en" dir="ltr">{html.escape(str(name).replace("_", " "))}</dt><dd>'
            yield from _value(item, locale, words, depth + 1)
            yield "</dd>"
        yield "</dl>"


def _text(text: str) -> str:
    shown = html.escape(text)
    if _LINK.fullmatch(text):
        return f'<a href="{shown}" rel="noopener" dir="ltr">{shown}</a>'
    if _MOMENT.fullmatch(text):
        return f'<time datetime="{shown}" dir="ltr">{shown}</time>'
    return f'<span dir="auto">{shown}</span>'


def _text_of(value: object, locale: str) -> str | None:
    """A text, or that of a text in several languages; None for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and value and set(value) <= set(LOCALES):
        text = value.get(locale) or value.get("en") or next(iter(value.values()))
        return text if isinstance(text, str) else None
    return None


def _words(locale: str) -> Mapping[str, str]:
    return by_language("wsis_gateway", "readable")[locale]
