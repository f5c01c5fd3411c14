"""Responses in gzip (RFC 9110, 8.4.1): texts of some size, for clients that take it.

The size of a compressed body tells a secret in it to whoever chooses text beside the secret and has the body made again
and again by the browser of its owner (BREACH). Other sites cannot do so with `/v1`, which reads no cookie. What a
request with a cookie gets is compressed where everybody gets the same, or where the browser says that our own page, or
the reader by hand, asks for it. What is written is answered as it is: tokens come that way.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from falcon import Request, Response

ENCODING = "gzip"
MIN_BYTES = 1024  # below, a response is one packet, with its headers, as it is
_GZIP = 16 + zlib.MAX_WBITS
_ONCE, _EACH = 6, 1  # levels: of what is kept, and of what is made for one reader
_TEXTS = ("json", "xml", "javascript")


def kept(body: bytes, media_type: str) -> bytes | None:
    """The compressed form of a body that is sent many times; None where it goes out as it is."""
    return zlib.compress(body, _ONCE, _GZIP) if len(body) >= MIN_BYTES and _is_text(media_type) else None


_kept = lru_cache(maxsize=64)(kept)  # of the gateway's own pages, whose bytes are always the same object


class CompressionMiddleware:
    """Compresses what the others have made; before the headers of all responses are set."""

    def process_response(self, req: Request, resp: Response, _resource: object, _succeeded: bool) -> None:
        """Set the body, its encoding, and what a cache in front must know of it."""
        body, public = resp.data, (resp.get_header("Cache-Control") or "").startswith("public")
        if body is None:
            return _say_unchanged(req, resp)
        if len(body) < MIN_BYTES or req.method not in ("GET", "HEAD") or not _is_text(resp.content_type or ""):
            return
        resp.append_header("Vary", "Accept-Encoding")
        if not accepts(req.env.get("HTTP_ACCEPT_ENCODING", "")) or not (public or _is_own(req.env)):
            return
        stored = req.context.stored
        if stored is not None and stored.body is body and stored.gzipped is not None:
            resp.data = stored.gzipped
        elif public:
            resp.data = _kept(body, resp.content_type or "")
        else:
            resp.data = zlib.compress(body, _EACH, _GZIP)
        resp.set_header("Content-Encoding", ENCODING)
        etag = resp.get_header("ETag")
        if etag is not None:
            resp.set_header("ETag", f"W/{etag}")  # a strong one is of the bytes (RFC 9110, 8.8.3)


def _say_unchanged(req: Request, resp: Response) -> None:
    """A 304 names what the client has, and says what a 200 would (RFC 9110, 15.4.5). Files go out as they are."""
    etag = resp.get_header("ETag")
    if resp.status_code != 304 or etag is None or resp.get_header("Accept-Ranges") is not None:
        return
    resp.append_header("Vary", "Accept-Encoding")
    if f"W/{etag}" in req.env.get("HTTP_IF_NONE_MATCH", ""):
        resp.set_header("ETag", f"W/{etag}")


@lru_cache(maxsize=1024)
def accepts(header: str) -> bool:
    """Does the client take gzip (RFC 9110, 12.5.3)?"""
    taken = {}
    for part in header.lower().split(",")[:20]:
        coding, _, weight = (text.strip() for text in part.partition(";"))
        taken[coding] = weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return taken.get(ENCODING, taken.get("*", False))


@lru_cache(maxsize=256)
def _is_text(media_type: str) -> bool:
    kind = media_type.partition(";")[0].strip().lower()
    return kind.startswith("text/") or kind.endswith(_TEXTS)


def _is_own(env: Mapping[str, Any]) -> bool:
    """No other site had the browser ask with somebody's cookies. Where the browser does not say, it may have been."""
    return "HTTP_COOKIE" not in env or env.get("HTTP_SEC_FETCH_SITE") in ("same-origin", "none")
