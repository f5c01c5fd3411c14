"""The pages of the web, in the gateway's process: what the manifests declare, by wsis_shared.pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import falcon
from falcon import Request, Response
from wsis_shared.reference.sets import ReferenceSet

from wsis_gateway.cache import Cache
from wsis_gateway.limits import Limits
from wsis_gateway.problems import ErrorHandlers
from wsis_gateway.routing import Operation
from wsis_gateway.web import assets
from wsis_gateway.web.assets import Assets
from wsis_gateway.web.calls import Calls
from wsis_gateway.web.catalogue import Catalogue
from wsis_gateway.web.page_rendering import PageRenderer
from wsis_gateway.web.posts import Posts
from wsis_gateway.web.session import Sessions
from wsis_gateway.web.site import PREFIX, Site


def install(
    app: falcon.App[falcon.Request, falcon.Response],
    catalogue: Catalogue,
    calls: Calls,
    operations: tuple[Operation, ...],
    limits: Limits,
    cache: Cache,
    errors: ErrorHandlers,
    sets: Mapping[str, ReferenceSet],
) -> None:
    """Add the pages to the app. Their addresses begin with a language; one without leads to the reader's."""
    files = Assets(limits)
    app.add_route(f"{assets.PATH}/{{name}}", files)
    pages = PageRenderer(catalogue, calls, errors, files, sets)
    site = Site(catalogue, calls, Sessions(calls, operations), limits, cache, errors, pages)
    posts = Posts(site)

    def serve(req: Request, resp: Response, **matched: Any) -> None:
        site.serve(posts, req, resp, **matched)

    def elsewhere(req: Request, resp: Response, **_: Any) -> None:
        site.elsewhere(req, resp)

    app.add_sink(elsewhere, "/")
    app.add_sink(serve, PREFIX)
