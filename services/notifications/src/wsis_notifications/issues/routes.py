"""Routes. Issues of the newsletter: sections, previews, checks, archive."""

from __future__ import annotations

from wsis_shared.blobs import Upload
from wsis_shared.jobs import JobKind
from wsis_shared.plugin import PUBLIC, Route

from wsis_notifications.issues import schemas

_ISSUES, _DRAFTS = "/v1/newsletter/issues", "/v1/newsletter/compositions"
_ISSUE, _DRAFT = f"{_ISSUES}/{{issue}}", f"{_DRAFTS}/{{issue}}"
_EDIT = "notifications:newsletter"
_ISSUED = ("notifications.newsletter_issued",)
_UNKNOWN, _NOT_DRAFT, _CHANGED = (
    "notifications.issue_unknown",
    "notifications.issue_not_draft",
    "notifications.issue_changed",
)
_NO_IMAGE = "notifications.image_unknown"
IMAGE = Upload(max_bytes=400_000, media_types=("image/png", "image/jpeg"))

JOBS: tuple[JobKind, ...] = ()

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        _ISSUES,
        handler="list_issues",
        summary="The archive of WSIS Flash, the newest first",
        query=schemas.ArchiveQuery,
        response=schemas.IssuePage,
        permission=PUBLIC,
        cache=300,
        invalidated_by=_ISSUED,
    ),
    Route(
        "GET",
        _ISSUE,
        handler="read_issue",
        summary="An issue",
        response=schemas.Issue,
        permission=PUBLIC,
        cache=300,
        invalidated_by=_ISSUED,
        error_codes=(_UNKNOWN,),
    ),
    Route(
        "GET",
        f"{_ISSUE}/page",
        handler="render_issue_page",
        summary="An issue as a page",
        permission=PUBLIC,
        media="text/html",
        inline=True,
        cache=300,
        invalidated_by=_ISSUED,
        error_codes=(_UNKNOWN,),
    ),
    Route(
        "GET",
        "/v1/newsletter/feed",
        handler="issue_feed",
        summary="The last 50 issues as an Atom feed",
        permission=PUBLIC,
        media="application/atom+xml",
        cache=300,
        invalidated_by=_ISSUED,
    ),
    Route(
        "GET",
        "/v1/newsletter/images/{image}",
        handler="read_issue_image",
        summary="An image of an issue",
        permission=PUBLIC,
        download=True,
        media="image/png",
        error_codes=("notifications.image_missing",),
    ),
    Route(
        "GET",
        _DRAFTS,
        handler="list_compositions",
        summary="Issues in any state, the newest first",
        query=schemas.CompositionQuery,
        response=schemas.CompositionPage,
        permission=_EDIT,
    ),
    Route(
        "POST",
        _DRAFTS,
        handler="create_issue",
        summary="Begin an issue",
        body=schemas.IssueBody,
        response=schemas.Composition,
        status=201,
        permission=_EDIT,
    ),
    Route(
        "GET",
        _DRAFT,
        handler="read_composition",
        summary="An issue with all its texts",
        response=schemas.Composition,
        permission=_EDIT,
        error_codes=(_UNKNOWN,),
    ),
    Route(
        "PUT",
        _DRAFT,
        handler="edit_issue",
        summary="Replace the contents of a draft",
        body=schemas.IssueUpdate,
        response=schemas.Composition,
        permission=_EDIT,
        error_codes=(_UNKNOWN, _NOT_DRAFT, _CHANGED, _NO_IMAGE),
    ),
    Route(
        "DELETE",
        _DRAFT,
        handler="delete_issue",
        summary="Delete a draft",
        status=204,
        permission=_EDIT,
        error_codes=(_UNKNOWN, _NOT_DRAFT),
    ),
    Route(
        "POST",
        f"{_DRAFT}/copies",
        handler="copy_issue",
        summary="Begin an issue with the contents of this one",
        body=schemas.CopyBody,
        response=schemas.Composition,
        status=201,
        permission=_EDIT,
        error_codes=(_UNKNOWN,),
    ),
    Route(
        "POST",
        f"{_DRAFT}/images",
        handler="add_issue_image",
        summary="Upload an image to a draft",
        upload=IMAGE,
        response=schemas.IssueImage,
        status=201,
        permission=_EDIT,
        error_codes=(_UNKNOWN, _NOT_DRAFT, "notifications.image_too_large", "notifications.too_many_images"),
    ),
    Route(
        "GET",
        f"{_DRAFT}/page",
        handler="preview_issue_page",
        summary="The mail of an issue as HTML",
        description="With a sample name.",
        permission=_EDIT,
        media="text/html",
        inline=True,
        error_codes=(_UNKNOWN,),
    ),
    Route(
        "GET",
        f"{_DRAFT}/text",
        handler="preview_issue_text",
        summary="The mail of an issue as plain text",
        permission=_EDIT,
        media="text/plain",
        inline=True,
        error_codes=(_UNKNOWN,),
    ),
    Route(
        "GET",
        f"{_DRAFT}/check",
        handler="check_issue",
        summary="What to mend before an issue is sent",
        description="Links are checked by their form; none is opened.",
        response=schemas.Check,
        permission=_EDIT,
        error_codes=(_UNKNOWN,),
    ),
    Route(
        "PUT",
        f"{_DRAFT}/state",
        handler="move_issue",
        summary="Make an issue ready, take it back or cancel it",
        body=schemas.StateBody,
        response=schemas.Composition,
        permission=_EDIT,
        error_codes=(_UNKNOWN, _CHANGED, "notifications.issue_state_refused", "notifications.issue_faulty"),
    ),
)
