"""Routes of drafts."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route
from wsis_shared.schemas import PageQuery

from wsis_consultation.submissions.schemas import drafts

_DRAFTS = "/v1/consultations/{edition}/drafts"
_DRAFT = f"{_DRAFTS}/{{draft}}"
_WINDOW = ("consultation.submissions_closed", "consultation.submissions_not_open")
_UNKNOWN = ("consultation.draft_unknown", "consultation.submitted_already")

ROUTES = (
    Route(
        "POST",
        _DRAFTS,
        handler="create_draft",
        summary="Save a draft of a submission",
        permission=PUBLIC,
        body=drafts.NewDraft,
        response=drafts.DraftReceipt,
        status=201,
        limit="draft",
        error_codes=(
            "consultation.edition_unknown",
            "consultation.answers_invalid",
            "consultation.email_needed",
            "consultation.too_many_drafts",
            "consultation.too_many_links",
            *_WINDOW,
        ),
        description="Anything may be missing; nothing may be too long. Without an account a link is mailed to `email`: "
        "its key opens the draft, and later the submission. What accounts knows of a member is filled in.",
    ),
    Route(
        "PUT",
        _DRAFT,
        handler="change_draft",
        summary="Save a draft anew",
        permission=PUBLIC,
        body=drafts.DraftChange,
        response=drafts.DraftReceipt,
        error_codes=("consultation.answers_invalid", "consultation.draft_changed", *_UNKNOWN, *_WINDOW),
    ),
    Route(
        "GET",
        _DRAFT,
        handler="read_draft",
        summary="My draft",
        permission="consultation:take_part",
        response=drafts.Draft,
        error_codes=_UNKNOWN,
        description="With what changed in the form since it was saved.",
    ),
    Route(
        "POST",
        f"{_DRAFT}/reading",
        handler="open_draft",
        summary="Read a draft with the key of its link",
        permission=PUBLIC,
        body=drafts.Key,
        response=drafts.Draft,
        error_codes=_UNKNOWN,
    ),
    Route(
        "POST",
        f"{_DRAFT}/removal",
        handler="remove_draft",
        summary="Delete a draft",
        permission=PUBLIC,
        body=drafts.Key,
        status=204,
        error_codes=_UNKNOWN,
    ),
    Route(
        "POST",
        "/v1/consultations/{edition}/draft-links",
        handler="mail_draft_links",
        summary="Have the links to submissions and drafts mailed again",
        permission=PUBLIC,
        body=drafts.Address,
        response=drafts.LinkRequested,
        status=202,
        limit="draft",
        error_codes=("consultation.edition_unknown",),
        description="All in one mail. The response is the same whether the address has any or not.",
    ),
    Route(
        "POST",
        "/v1/consultations/{edition}/link-renewals",
        handler="renew_draft_link",
        summary="Void a link and have another one mailed",
        permission=PUBLIC,
        body=drafts.LinkRenewal,
        response=drafts.LinkRequested,
        status=202,
        error_codes=("consultation.submission_unknown", "consultation.draft_unknown", "consultation.too_many_links"),
        description="For its owner: a link that was passed on no longer opens the draft or submission.",
    ),
    Route(
        "GET",
        "/v1/me/drafts",
        handler="list_my_drafts",
        summary="My drafts",
        permission="consultation:take_part",
        query=PageQuery,
        response=drafts.DraftPage,
    ),
)
