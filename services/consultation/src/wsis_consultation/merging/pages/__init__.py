"""Where an officer sees what looks like the same, and merges it."""

from __future__ import annotations

from marshmallow import Schema, fields, validate
from wsis_shared.pages import Form, Page, Read

_SUBMISSION = "/v1/consultations/{edition}/submissions/{submission}"
_HERE = "/desk/consultations/{edition}/submissions/{submission}/similar"


class SimilarQuery(Schema):
    """The receipt that was chosen."""

    into = fields.String(validate=validate.Regexp(r"\AOCP-[0-9]{4}-[0-9]{4,9}\Z"))


PAGES = (
    Page(
        _HERE,
        "merging/pages/desk-similar.html",
        "desk_similar",
        reads=(
            Read("found", f"{_SUBMISSION}/input"),
            Read("similar", f"{_SUBMISSION}/similar"),
        ),
        forms=(
            Form("merge", f"POST {_SUBMISSION}/merger", then=f"{_HERE}?done=merged", confirm=True),
            Form("separate", f"POST {_SUBMISSION}/separation", then=f"{_HERE}?done=separated", confirm=True),
        ),
        query=SimilarQuery,
        permission="consultation:manage",
    ),
)
