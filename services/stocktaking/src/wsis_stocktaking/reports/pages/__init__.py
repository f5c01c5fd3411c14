"""Reports for readers: the list, and each with its figures, the query behind them, and its files."""

from __future__ import annotations

from marshmallow import Schema, fields, validate
from wsis_shared.pages import Page, Read


class ListQuery(Schema):
    """From where on."""

    after = fields.String(validate=validate.Length(max=512))


PAGES = (
    Page(
        "/reports",
        "reports/pages/reports.html",
        "reports",
        reads=(Read("reports", "/v1/stocktaking-reports?after={after}"),),
        query=ListQuery,
        view="wsis_stocktaking.reports.pages.views:listed",
        menu="public:50",
    ),
    Page(
        "/reports/{report}",
        "reports/pages/report.html",
        "report",
        reads=(Read("report", "/v1/stocktaking-reports/{report}"),),
        view="wsis_stocktaking.reports.pages.views:report",
        example={"report": "r1"},
    ),
)
