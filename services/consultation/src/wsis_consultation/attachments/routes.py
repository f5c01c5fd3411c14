"""Routes of attachments: files attached to a submission."""

from __future__ import annotations

from wsis_shared.blobs import Upload
from wsis_shared.plugin import PUBLIC, Route

from wsis_consultation.attachments import schemas
from wsis_consultation.submissions.schemas.drafts import Key

FILE = Upload(
    max_bytes=10_000_000,
    media_types=(
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "image/png",
    ),
)
_UNKNOWN = ("consultation.attachment_unknown",)
_OWNER = (
    "consultation.edition_unknown",
    "consultation.attachment_parent_unknown",
    "consultation.submissions_closed",
    "consultation.submissions_not_open",
    "consultation.submission_withdrawn",
)
_ATTACH = (*_OWNER, "consultation.attachment_refused", "consultation.attachments_full", "consultation.attachments_busy")
_ABOUT = (
    "PDF, DOCX or PNG, at most ten. What contains scripts, other files or content from elsewhere, is encrypted, or "
    "unpacks to more than 100 MB is refused with the reason. Whoever has no account sends the key of the mailed link."
)
_ONE = "/v1/consultations/{edition}/attachments/{attachment}"

ROUTES = (
    Route(
        "POST",
        "/v1/consultations/{edition}/submissions/{submission}/attachments",
        handler="attach_to_submission",
        summary="Attach a file to a submission",
        description=_ABOUT,
        upload=FILE,
        body=Key,
        response=schemas.AttachmentDetails,
        status=201,
        permission=PUBLIC,
        error_codes=_ATTACH,
    ),
    Route(
        "POST",
        "/v1/consultations/{edition}/drafts/{draft}/attachments",
        handler="attach_to_draft",
        summary="Attach a file to a draft",
        description=_ABOUT,
        upload=FILE,
        body=Key,
        response=schemas.AttachmentDetails,
        status=201,
        permission=PUBLIC,
        error_codes=_ATTACH,
    ),
    Route(
        "GET",
        "/v1/consultations/{edition}/submissions/{submission}/attachments",
        handler="list_attachments",
        summary="Files of a submission",
        description="All for its owner and officers, the published ones for others.",
        response=schemas.AttachmentList,
        permission=PUBLIC,
        uncached="The owner and officers read more than others.",
        error_codes=("consultation.edition_unknown",),
    ),
    Route(
        "GET",
        _ONE,
        handler="read_attachment",
        summary="Read a file of a submission",
        download=True,
        media="application/octet-stream",
        permission=PUBLIC,
        error_codes=_UNKNOWN,
    ),
    Route(
        "POST",
        f"{_ONE}/removal",
        handler="remove_attachment",
        summary="Take back a file",
        description="Its owner may do so until the deadline.",
        body=Key,
        status=204,
        permission=PUBLIC,
        error_codes=(*_OWNER, *_UNKNOWN),
    ),
    Route(
        "POST",
        f"{_ONE}/withdrawal",
        handler="withdraw_attachment",
        summary="Remove a file of a submission",
        body=schemas.Removal,
        response=schemas.AttachmentDetails,
        permission="consultation:manage",
        error_codes=_UNKNOWN,
    ),
    Route(
        "PUT",
        f"{_ONE}/publication",
        handler="publish_attachment",
        summary="Publish a file of a submission",
        description="Or no longer. Where there is a virus scanner, it must have found the file clean.",
        body=schemas.Publication,
        response=schemas.AttachmentDetails,
        permission="consultation:manage",
        error_codes=(*_UNKNOWN, "consultation.attachment_not_scanned"),
    ),
)
