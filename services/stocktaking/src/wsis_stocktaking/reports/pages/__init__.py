"""Reports for readers: the list, and each with its figures, the query behind them, and its files. For officers: what is
built, its texts, how it will look, and its publication."""

from __future__ import annotations

from marshmallow import Schema, fields, validate
from wsis_shared.pages import Download, Form, Page, Read
from wsis_shared.schemas import LOCALES

from wsis_stocktaking.reports.rules.scopes import GLOBAL, KINDS


class NewQuery(Schema):
    """Which kind of report."""

    kind = fields.String(load_default=GLOBAL, validate=validate.OneOf(KINDS))


class DraftQuery(Schema):
    """The file that is looked at."""

    format = fields.String(validate=validate.OneOf(("pdf", "docx")))
    of = fields.String(validate=validate.OneOf(LOCALES))


_LIST, _VERSION = "/v1/stocktaking-report-versions", "/v1/stocktaking-report-versions/{report}"
_JOB = Read("job", "/v1/jobs/{job}", optional=True)
_DRAFT = Read("report", _VERSION)
_HERE = "/desk/reports/{report}"

PUBLIC = (
    Page(
        "/reports",
        "reports/pages/reports.html",
        "reports",
        reads=(Read("reports", "/v1/stocktaking-reports?after={after}"),),
        view="wsis_stocktaking.reports.pages.views:listed",
        menu="public:50",
    ),
    Page(
        "/reports/{report}",
        "reports/pages/report.html",
        "report",
        reads=(Read("report", "/v1/stocktaking-reports/{report}"),),
        view="wsis_stocktaking.reports.pages.views:report",
    ),
)

DESK = (
    Page(
        "/desk/reports",
        "reports/pages/desk.html",
        "desk_reports",
        reads=(Read("reports", f"{_LIST}?after={{after}}"), _JOB),
        view="wsis_stocktaking.reports.pages.views:listed",
        menu="desk:33",
    ),
    Page(
        "/desk/reports/new",
        "reports/pages/new.html",
        "report_build",
        forms=(Form("build", "POST /v1/stocktaking-reports", then="/desk/reports?job={id}"),),
        query=NewQuery,
        view="wsis_stocktaking.reports.pages.views:new",
        permission="stocktaking:manage",
    ),
    Page(
        _HERE,
        "reports/pages/draft.html",
        "desk_report",
        reads=(_DRAFT, _JOB),
        forms=(
            Form("save", f"PUT {_VERSION}/prose", then=f"{_HERE}?done=saved"),
            Form("render", f"POST {_VERSION}/files", then="/desk/reports/{report}?job={id}"),
            Form("publish", f"PUT {_VERSION}/publication", then=f"{_HERE}?done=published", confirm=True),
            Form("remove", f"DELETE {_VERSION}", then="/desk/reports?done=removed", confirm=True),
        ),
        files=(Download("draft", f"{_VERSION}/file?format={{format}}&language={{of}}"),),
        query=DraftQuery,
        view="wsis_stocktaking.reports.pages.views:draft",
    ),
    Page(
        f"{_HERE}/preview",
        "reports/pages/preview.html",
        "report_preview",
        reads=(_DRAFT,),
        view="wsis_stocktaking.reports.pages.views:report",
    ),
)
PAGES = (*PUBLIC, *DESK)
