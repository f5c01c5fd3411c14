"""Where voters read of nominees: those of a category, and each by itself."""

from __future__ import annotations

from marshmallow import Schema, fields, validate
from wsis_shared.pages import Page, Read

from wsis_prizes.editions.pages import VOTING
from wsis_prizes.nominations.pages.desk import DESK
from wsis_prizes.nominations.rules import ORDERS
from wsis_prizes.nominations.schemas import NomineeQuery


class OrderQuery(Schema):
    """In which of the fixed orders."""

    order = fields.Integer(validate=validate.Range(min=0, max=ORDERS - 1))


PAGES = (
    Page(
        "/editions/{edition}/nominees",
        "nominations/pages/nominees.html",
        "nominees",
        reads=(Read("nominees", "/v1/editions/{edition}/nominees", takes_query=True),),
        query=NomineeQuery,
    ),
    Page(
        "/editions/{edition}/categories/{category}",
        "nominations/pages/category.html",
        "nominees",
        reads=(
            Read(
                "nominees",
                "/v1/editions/{edition}/nominees?category={category}&order={order}&after={after}&limit=100",
            ),
            VOTING,
        ),
        query=OrderQuery,
    ),
    Page(
        "/editions/{edition}/nominees/{project}",
        "nominations/pages/nominee.html",
        "nominee",
        reads=(Read("nominee", "/v1/editions/{edition}/nominees/{project}"), VOTING),
    ),
    *DESK,
)
