"""The newsletter: its form, its archive and an issue for everybody; the composer for officers."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.pages import Form, Page, Panel, Read
from wsis_shared.schemas import RequestSchema

from wsis_notifications.issues.pages import composer

_ASKED, _ERASED = "asked", "erased"


class NewsletterQuery(RequestSchema):
    """A page of the archive, and what has just been done."""

    after = fields.String()
    done = fields.String(validate=validate.OneOf((_ASKED, _ERASED)))


PAGES = (
    Page(
        "/newsletter",
        "issues/pages/newsletter.html",
        "newsletter",
        reads=(Read("issues", "/v1/newsletter/issues?limit=12&after={after}"),),
        forms=(Form("subscribe", "POST /v1/newsletter/subscriptions", then=f"/newsletter?done={_ASKED}"),),
        query=NewsletterQuery,
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
