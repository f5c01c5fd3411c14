"""The stylesheet, the script and the icon of the pages, under names that change with what is in them."""

from __future__ import annotations

import hashlib
from importlib.resources import files

import falcon
from falcon import Request, Response
from wsis_shared.context import ANONYMOUS

from wsis_gateway.limits import Limits

PATH = "/assets"
_TYPES = {
    "site.css": "text/css; charset=utf-8",
    "site.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}


class Assets:
    """`paths` has the address of each file."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.paths: dict[str, str] = {}
        self._files: dict[str, tuple[bytes, str]] = {}
        for name, media_type in _TYPES.items():
            body = (files("wsis_gateway") / "data" / "web" / name).read_bytes()
            stem, _, kind = name.partition(".")
            served = f"{stem}-{hashlib.sha256(body).hexdigest()[:12]}.{kind}"
            self.paths[stem + "_" + kind] = f"{PATH}/{served}"
            self._files[served] = body, media_type

    def on_get(self, req: Request, resp: Response, name: str) -> None:
        """The file; a copy of it may be kept for good."""
        resp.set_headers(self._limits.hit("read", ANONYMOUS, req.context.network))
        if name not in self._files:
            raise falcon.HTTPNotFound
        resp.data, resp.content_type = self._files[name]
        resp.set_header("Cache-Control", "public, max-age=31536000, immutable")

    on_head = on_get
