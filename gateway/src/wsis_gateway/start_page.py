"""`/docs/start`: what this is and where to go, as HTML for a browser and as JSON for others."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping
from importlib.resources import files
from string import Template
from urllib.parse import urlsplit

from falcon import Request, Response
from wsis_shared.context import ANONYMOUS
from wsis_shared.plugin import PUBLIC, DiscoveryResult

from wsis_gateway.developer_pages import CONTENT_POLICY
from wsis_gateway.limits import Limits
from wsis_gateway.routing import Operation

# key in JSON -> path, name, what it is for
LINKS = {
    "documentation": ("/docs", "Documentation", "All operations, to read and to try"),
    "openapi": ("/openapi.json", "OpenAPI", "The same for programs, to generate clients from"),
}
MAIL = ("Mail", "All mails of this suite, codes to sign in included: in development none leaves the machine")


class StartPage:
    """Links to the gateway's own pages, and to what each service shows without a sign-in."""

    def __init__(
        self, limits: Limits, found: DiscoveryResult, operations: Iterable[Operation], mail_web_uri: str
    ) -> None:
        self._limits = limits
        links = dict(LINKS) | ({"mail": (_without_login(mail_web_uri), *MAIL)} if mail_web_uri else {})
        public = _public_reads(operations)
        self._json = json.dumps(
            {
                "name": "WSIS suite",
                "links": {name: path for name, (path, *_) in links.items()},
                "services": [
                    {
                        "name": plugin.name,
                        "summary": plugin.summary,
                        "public": {
                            path: operation.route.summary for path, operation in public.get(plugin.name, {}).items()
                        },
                    }
                    for plugin in found
                    if plugin.name in public
                ],
            },
            ensure_ascii=False,
        ).encode()
        self._html = _page(found, links, public).encode()

    def on_get(self, req: Request, resp: Response) -> None:
        """HTML where a client prefers it."""
        resp.set_headers(self._limits.hit("read", ANONYMOUS, req.context.network))
        resp.set_header("Cache-Control", "public, max-age=300")
        resp.set_header("Vary", "Accept")
        if req.client_prefers(["application/json", "text/html"]) == "text/html":
            resp.content_type = "text/html; charset=utf-8"
            resp.set_header("Content-Security-Policy", CONTENT_POLICY)
            resp.data = self._html
        else:
            resp.data = self._json

    on_head = on_get


def _public_reads(operations: Iterable[Operation]) -> dict[str, dict[str, Operation]]:
    """Plugin -> path -> operation, of what can be read without a sign-in."""
    public: dict[str, dict[str, Operation]] = {}
    for operation in operations:
        route = operation.route
        if route.method == "GET" and route.permission == PUBLIC and route.response:
            public.setdefault(operation.plugin, {})[route.path] = operation
    return public


def _without_login(address: str) -> str:
    """Everybody reads this page, and the mails are the developer's: a browser asks for their password."""
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _address(operation: Operation) -> str:
    """The resource itself, or the place in the documentation where its variables can be filled in."""
    return f"/docs#/{operation.plugin}/{operation.id}" if operation.variables else operation.route.path


def _page(
    found: DiscoveryResult, links: Mapping[str, tuple[str, str, str]], public: Mapping[str, Mapping[str, Operation]]
) -> str:
    services = "".join(
        f"<h3>{html.escape(plugin.name)}</h3><p>{html.escape(plugin.summary)}</p>"
        + _list(
            (_address(operation), path, operation.route.summary)
            for path, operation in public.get(plugin.name, {}).items()
        )
        for plugin in found
        if plugin.name in public
    )
    template = (files("wsis_gateway") / "data" / "start.html").read_text("utf-8")
    return Template(template).substitute(links=_list(links.values()), services=services)


def _list(rows: Iterable[tuple[str, str, str]]) -> str:
    """A row is an address, its name, and what it is for."""
    items = "".join(
        f'<li data-path="{html.escape(name)}"><a href="{html.escape(path)}">{html.escape(name)}</a> '
        f"<span>{html.escape(text)}</span></li>"
        for path, name, text in rows
    )
    return f"<ul>{items}</ul>" if items else ""
