"""Where jurors find the projects that are theirs to review, declare a conflict of interest, and score."""

from __future__ import annotations

from marshmallow import Schema, fields, validate
from wsis_shared.pages import Download, Form, Page, Panel, Read

_HERE = "/me/reviews/{project}"
_REVIEW = "/v1/projects/{project}/review"


class ListQuery(Schema):
    """Of which edition."""

    edition = fields.String(validate=validate.Length(equal=4))


OWN = (
    Page(
        "/me/reviews",
        "jury/pages/reviews.html",
        "review_list",
        reads=(
            Read("reviews", "/v1/me/reviews?edition={edition}&after={after}&limit=100"),
            Read("editions", "/v1/editions"),
        ),
        files=(Download("reviews", "/v1/me/reviews?edition={edition}&format=xlsx"),),
        query=ListQuery,
        menu="me:15",
    ),
    Page(
        _HERE,
        "jury/pages/review.html",
        "review_page",
        reads=(
            Read("review", _REVIEW),
            Read("work", "/v1/projects/{project}"),
            Read("edition", "/v1/editions/{review.edition}"),
            Read("questions", "/v1/editions/{review.edition}/form"),
        ),
        forms=(
            Form("save", f"PUT {_REVIEW}", then=f"{_HERE}?done=saved"),
            Form("begin", f"PUT {_REVIEW}", then=_HERE),
            Form(
                "conflict",
                "POST /v1/projects/{project}/conflict",
                then="/me/reviews?edition={edition}&done=conflict",
                confirm=True,
            ),
        ),
        view="wsis_prizes.jury.pages.views:review",
    ),
)

PANELS = (
    Panel(
        "me",
        15,
        "jury/pages/me.html",
        reads=(Read("reviews", "/v1/me/reviews?limit=1"),),
        permission="prizes:review",
    ),
)
