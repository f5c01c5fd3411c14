"""Forms come from our own pages: no page of another site sends one in the name of a visitor (CSRF).

The browser says where a form comes from, and no page can change that. A form needs no secret of its own, so the pages
that have one can be cached.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from falcon import Request
from wsis_shared.errors import Forbidden
from wsis_shared.settings import Suite


def check(req: Request, public_url: str = "") -> None:
    """Raise Forbidden unless the browser says that the form is ours: by Sec-Fetch-Site, else by the origin."""
    site, sent = req.env.get("HTTP_SEC_FETCH_SITE"), req.env.get("HTTP_ORIGIN")
    ours = urlsplit(public_url or Suite.current().public_url)
    if site != "same-origin" if site is not None else sent != f"{ours.scheme}://{ours.netloc}":
        raise Forbidden("gateway.form_foreign")
