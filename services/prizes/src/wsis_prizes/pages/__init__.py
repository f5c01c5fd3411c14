"""What everybody sees of the contest: editions, categories, nominees and results."""

from __future__ import annotations

from marshmallow import Schema, fields, validate
from wsis_shared.pages import Page, Panel, Read

from wsis_prizes.rules.orders import ORDERS

_EDITION = Read("edition", "/v1/editions/{edition}")
_VOTING = Read("voting", "/v1/editions/{edition}/voting", optional=True)


class OrderQuery(Schema):
    """In which of the fixed orders, and from where on."""

    order = fields.Integer(validate=validate.Range(min=0, max=ORDERS - 1))
    after = fields.String(validate=validate.Length(max=512))


PAGES = (
    Page(
        "/prizes",
        "pages/prizes.html",
        "prizes",
        reads=(Read("editions", "/v1/editions"),),
        menu="public:20",
    ),
    Page(
        "/editions/{edition}",
        "pages/edition.html",
        "edition",
        reads=(_EDITION, Read("categories", "/v1/editions/{edition}/categories"), _VOTING),
        view="wsis_prizes.pages.views:edition",
        place="edition",
        example={"edition": "2017"},
    ),
    Page(
        "/editions/{edition}/categories/{category}",
        "pages/category.html",
        "nominees",
        reads=(
            Read(
                "nominees",
                "/v1/editions/{edition}/nominees?category={category}&order={order}&after={after}&limit=100",
            ),
            _VOTING,
        ),
        query=OrderQuery,
        example={"edition": "2017", "category": "C1"},
    ),
    Page(
        "/editions/{edition}/nominees/{project}",
        "pages/nominee.html",
        "nominee",
        reads=(Read("nominee", "/v1/editions/{edition}/nominees/{project}"), _VOTING),
        example={"edition": "2017", "project": "p1"},
    ),
    Page(
        "/editions/{edition}/results",
        "pages/results.html",
        "results",
        reads=(
            _EDITION,
            Read("champions", "/v1/editions/{edition}/champions?limit=100", optional=True),
            Read("result", "/v1/editions/{edition}/log/result", optional=True),
        ),
        view="wsis_prizes.pages.views:results",
        example={"edition": "2017"},
    ),
)

PANELS = (
    Panel(
        "front",
        20,
        "pages/front.html",
        reads=(
            Read("editions", "/v1/editions"),
            Read("voting", "/v1/editions/{editions.items.0.edition}/voting", optional=True),
        ),
    ),
)
