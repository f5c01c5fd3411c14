"""The newsletter: its form, its archive and an issue for everybody; the composer for officers."""

from __future__ import annotations

from wsis_shared.pages import Form, Page, Panel, Read

from wsis_notifications.issues.pages import composer

PAGES = (
    Page(
        "/newsletter",
        "issues/pages/newsletter.html",
        "newsletter",
        reads=(Read("issues", "/v1/newsletter/issues?limit=12&after={after}"),),
        forms=(Form("subscribe", "POST /v1/newsletter/subscriptions", then="/newsletter?done=asked"),),
        menu="public:70",
    ),
    Page(
        "/newsletter/{issue}",
        "issues/pages/issue.html",
        "newsletter",
        reads=(Read("issue", "/v1/newsletter/issues/{issue}"),),
    ),
    *composer.PAGES,
)
PANELS = (Panel("front", 70, "issues/pages/front.html", reads=(Read("issues", "/v1/newsletter/issues?limit=1"),)),)
