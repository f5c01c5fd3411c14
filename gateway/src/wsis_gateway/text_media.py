"""Responses that are a text of another media type than JSON: calendars, feeds, charts, pages.

The service returns {"text": ..., "filename": ...}. A browser saves the text, unless the route is `inline`: then it
shows it, sandboxed, so that nothing in it runs or acts under our origin.
"""

from __future__ import annotations

from collections.abc import Mapping

from falcon import Request
from marshmallow import Schema
from wsis_shared.json_types import Input
from wsis_shared.plugin import Route
from wsis_shared.schemas import Locale

from wsis_gateway import downloads, request_parsing

# For pages: their own styles and pictures, nothing from elsewhere, no scripts, an origin of their own; no forms, or
# forms that go to the suite.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; "
    "form-action {forms}; sandbox{sandbox} allow-popups allow-popups-to-escape-sandbox"
)
INLINE_POLICY = _POLICY.format(forms="'none'", sandbox="")
FORM_POLICY = _POLICY.format(forms="'self'", sandbox=" allow-forms")


def is_text(route: Route) -> bool:
    """Is the response of the route such a text?"""
    return route.media != "application/json" and not route.download


def lang_field() -> Locale:
    """The query field `lang` of such routes, and of lists that can leave as a file."""
    return Locale(load_default=None, metadata={"description": "Language, before Accept-Language"})


def query(route: Route, schema: Schema | None, req: Request) -> dict[str, object]:
    """The query fields of a request. `lang` of a text or file, whose readers follow links, comes before
    Accept-Language."""
    parameters = request_parsing.query(req.query_string, schema)
    if is_text(route) or route.export:
        req.context.locale = parameters.pop("lang") or req.context.locale
    return parameters


def render(route: Route, result: Input) -> tuple[bytes, Mapping[str, str]]:
    """The body and its headers."""
    headers = {"Content-Type": f"{route.media}; charset=utf-8"}
    if route.inline:
        headers["Content-Security-Policy"] = FORM_POLICY if route.form else INLINE_POLICY
    else:
        headers["Content-Disposition"] = downloads.attachment(str(result["filename"]))
    return str(result["text"]).encode(), headers
