"""Where anybody checks a receipt."""

from __future__ import annotations

from marshmallow import Schema, fields, validate
from wsis_shared.pages import Page, Read


class ReceiptQuery(Schema):
    """The commitment of a receipt, as somebody typed it: what is none is answered as a receipt that does not exist."""

    commitment = fields.String(validate=validate.Length(min=1, max=200))


PAGES = (
    Page(
        "/editions/{edition}/receipts",
        "receipts/pages/receipts.html",
        "receipts",
        reads=(
            Read("voting", "/v1/editions/{edition}/voting"),
            Read("receipt", "/v1/editions/{edition}/receipts/{commitment}", optional=True),
        ),
        query=ReceiptQuery,
    ),
)
