"""Published documents, as everybody reads them; for officers what is built, its texts, files and publication."""

from __future__ import annotations

from marshmallow import Schema, fields, validate
from wsis_shared.pages import Download, Form, Page, Read
from wsis_shared.schemas import LOCALES

_DESK, _VERSIONS = "/desk/consultations/{edition}/documents", "/v1/consultations/{edition}/document-versions"
_VERSION = f"{_VERSIONS}/{{document}}"
_LISTED, _JOB = Read("versions", _VERSIONS), Read("job", "/v1/jobs/{job}", optional=True)
_VIEWS = "wsis_consultation.documents.pages.views"


class DeskQuery(Schema):
    """The file that is looked at."""

    format = fields.String(validate=validate.OneOf(("pdf", "docx", "html")))
    of = fields.String(validate=validate.OneOf(LOCALES))


PAGES = (
    Page(
        "/consultations/{edition}/documents/{document}",
        "documents/pages/document.html",
        "document",
        reads=(
            Read("document", "/v1/consultations/{edition}/documents/{document}"),
            Read("documents", "/v1/consultations/{edition}/documents", optional=True),
            Read("types", "/v1/consultations/{edition}/session-types"),
        ),
        view=f"{_VIEWS}:document",
    ),
    Page(
        _DESK,
        "documents/pages/desk.html",
        "desk_documents",
        reads=(_LISTED, _JOB),
        query=DeskQuery,
    ),
    Page(
        f"{_DESK}/new",
        "documents/pages/desk-new.html",
        "document_build",
        forms=(Form("build", f"POST {_VERSIONS}", then=f"{_DESK}?job={{id}}"),),
        view=f"{_VIEWS}:building",
        permission="consultation:manage",
    ),
    Page(
        f"{_DESK}/{{document}}",
        "documents/pages/desk-draft.html",
        "document",
        reads=(Read("found", _VERSION), _LISTED, _JOB),
        forms=(
            Form("write", f"PUT {_VERSION}/prose", then=f"{_DESK}/{{document}}?done=yes"),
            Form("render", f"POST {_VERSION}/files", then=f"{_DESK}/{{document}}?job={{id}}"),
            Form("publish", f"PUT {_VERSION}/publication", then=f"{_DESK}/{{document}}?done=yes", confirm=True),
            Form("remove", f"DELETE {_VERSION}", then=f"{_DESK}?done=yes", confirm=True),
        ),
        files=(Download("draft", f"{_VERSION}/file?format={{format}}&language={{of}}"),),
        query=DeskQuery,
        view=f"{_VIEWS}:draft",
    ),
)
