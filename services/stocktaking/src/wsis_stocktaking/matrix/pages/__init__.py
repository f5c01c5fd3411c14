"""The WSIS-SDG Matrix for readers: a heat map, what supports each of its links, and its versions; and for those who
propose changes of it, and decide on them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate
from wsis_shared.pages import Download, Form, Page, Read
from wsis_shared.schemas import ActionLine

from wsis_stocktaking.matrix.rules.evidence import VIEWS


class MatrixQuery(Schema):
    """What the cells show, and of which version."""

    of = fields.String(validate=validate.OneOf(VIEWS))
    version = fields.Integer(validate=validate.Range(min=1, max=100_000))


class LinkQuery(Schema):
    """Of which link a change is proposed."""

    line = ActionLine()
    goal = fields.Integer(validate=validate.Range(min=1, max=17))


_PROPOSAL = "/v1/matrix-proposals/{proposal}"
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
    ),
    Page(
        "/matrix/{line}/{goal}",
        "matrix/pages/cell.html",
        "matrix_cell",
        reads=(Read("cell", "/v1/matrix/lines/{line}/sdgs/{goal}"),),
        view="wsis_stocktaking.matrix.pages.views:cell",
    ),
    Page(
        "/desk/matrix",
        "matrix/pages/desk.html",
        "desk_matrix",
        reads=(
            Read("waiting", "/v1/matrix-proposals?state=open&limit=100"),
            Read("accepted", "/v1/matrix-proposals?state=accepted&limit=100"),
            Read("matrix", "/v1/matrix/versions?limit=1"),
        ),
        forms=(Form("publish", "POST /v1/matrix/versions", then="/desk/matrix?done=yes", confirm=True),),
        files=(Download("proposals", "/v1/matrix-proposals?format=xlsx"),),
        menu="desk:32",
    ),
    Page(
        "/desk/matrix/new",
        "matrix/pages/propose.html",
        "propose_change",
        reads=(Read("cell", "/v1/matrix/lines/{line}/sdgs/{goal}", optional=True),),
        forms=(
            Form("propose", "POST /v1/matrix-proposals", then="/desk/matrix?done=proposed"),
            Form("remove", "POST /v1/matrix-proposals", then="/desk/matrix?done=proposed"),
        ),
        query=LinkQuery,
        view="wsis_stocktaking.matrix.pages.views:proposing",
        permission="stocktaking:propose",
    ),
    Page(
        "/desk/matrix/{proposal}",
        "matrix/pages/proposal.html",
        "desk_proposal",
        reads=(Read("proposal", _PROPOSAL), Read("comments", f"{_PROPOSAL}/comments?limit=100")),
        forms=(
            Form("decide", f"PUT {_PROPOSAL}/decision", then="/desk/matrix?done=yes"),
            Form("comment", f"POST {_PROPOSAL}/comments", then="/desk/matrix/{proposal}"),
            Form("withdraw", f"DELETE {_PROPOSAL}", then="/desk/matrix?done=yes", confirm=True),
        ),
        files=(Download("comments", f"{_PROPOSAL}/comments?format=xlsx"),),
    ),
)
