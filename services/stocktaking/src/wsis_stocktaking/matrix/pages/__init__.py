"""The WSIS-SDG Matrix for readers: a heat map, what supports each of its links, and its versions."""

from __future__ import annotations

from marshmallow import Schema, fields, validate
from wsis_shared.pages import Page, Read

from wsis_stocktaking.matrix.rules.evidence import VIEWS


class MatrixQuery(Schema):
    """What the cells show, and of which version."""

    of = fields.String(validate=validate.OneOf(VIEWS))
    version = fields.Integer(validate=validate.Range(min=1, max=100_000))


PAGES = (
    Page(
        "/matrix",
        "matrix/pages/matrix.html",
        "matrix",
        reads=(
            Read("matrix", "/v1/matrix/evidence?version={version}"),
            Read("versions", "/v1/matrix/versions?limit=20", optional=True),
        ),
        query=MatrixQuery,
        view="wsis_stocktaking.matrix.pages.views:matrix",
        menu="public:40",
    ),
    Page(
        "/matrix/versions/{version}",
        "matrix/pages/version.html",
        "matrix_version",
        reads=(
            Read("version", "/v1/matrix/versions/{version}"),
            Read("differences", "/v1/matrix/versions/{version}/differences", optional=True),
        ),
        view="wsis_stocktaking.matrix.pages.views:version",
        example={"version": "1"},
    ),
    Page(
        "/matrix/{line}/{goal}",
        "matrix/pages/cell.html",
        "matrix_cell",
        reads=(Read("cell", "/v1/matrix/lines/{line}/sdgs/{goal}"),),
        view="wsis_stocktaking.matrix.pages.views:cell",
        example={"line": "C1", "goal": "1"},
    ),
)
