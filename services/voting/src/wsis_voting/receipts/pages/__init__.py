"""Where anybody checks a receipt."""

from __future__ import annotations

from marshmallow import Schema, fields, validate
from wsis_shared.pages import Page, Read


class ReceiptQuery(Schema):
    """The commitment of a receipt."""

    commitment = fields.String(validate=validate.Regexp(r"\A[0-9a-f]{64}\Z"))


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
        example={"edition": "2017"},
    ),
)
