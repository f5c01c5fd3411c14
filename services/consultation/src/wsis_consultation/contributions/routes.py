"""Routes of contributions and endorsements."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route

from wsis_consultation.contributions import schemas

_LIST = "/v1/consultations/{edition}/contributions"
_ENTRY = f"{_LIST}/{{receipt}}"
_ENDORSEMENT = f"{_ENTRY}/endorsement"
_UNKNOWN = "consultation.contribution_unknown"
_CHANGED = (
    "consultation.contribution_published",
    "consultation.contribution_unpublished",
    "consultation.submission_amended",
    "consultation.submission_withdrawn",
    "consultation.submission_merged",
    "consultation.submission_separated",
    "consultation.person_forgotten",
    "consultation.edition_removed",
)

ROUTES = (
    Route(
        "GET",
        _LIST,
        handler="list_contributions",
        summary="Contributions",
        description="The submissions whose authors consent, in their last version.",
        permission=PUBLIC,
        query=schemas.ContributionsQuery,
        response=schemas.ContributionPage,
        export="contributions",
        export_labels="wsis_consultation.index.exports:LABELS",
        cache=60,
        invalidated_by=_CHANGED,
        error_codes=("consultation.edition_unknown",),
    ),
    Route(
        "GET",
        _ENTRY,
        handler="read_contribution",
        summary="A contribution",
        description="By its receipt. Without who wrote it and without speakers; mail addresses and telephone numbers "
        "in texts are masked. 404 where there is none, or its author does not consent.",
        permission=PUBLIC,
        response=schemas.Contribution,
        cache=60,
        invalidated_by=_CHANGED,
        error_codes=(_UNKNOWN,),
    ),
    Route(
        "PUT",
        "/v1/consultations/{edition}/submissions/{submission}/consent",
        handler="change_consent",
        summary="Let everybody read a submission, or no longer",
        description="For its owner, by account or by the key of its link; at any time, also after the deadline, and "
        "no longer also once it was merged. It covers what `GET /contributions/{receipt}` shows, in the last version.",
        permission=PUBLIC,
        body=schemas.PublicConsentBody,
        response=schemas.PublicConsent,
        error_codes=(
            "consultation.submission_unknown",
            "consultation.submission_withdrawn",
            "consultation.submission_merged",
        ),
    ),
    Route(
        "GET",
        _ENDORSEMENT,
        handler="read_endorsement",
        summary="My endorsement",
        permission="consultation:take_part",
        response=schemas.Endorsement,
        error_codes=(_UNKNOWN,),
    ),
    Route(
        "PUT",
        _ENDORSEMENT,
        handler="endorse_contribution",
        summary="Endorse a contribution",
        description="One for an account; a repeat replaces it. Nobody is mailed.",
        permission="consultation:take_part",
        body=schemas.EndorsementBody,
        response=schemas.Endorsement,
        error_codes=(_UNKNOWN, "consultation.own_contribution", "consultation.organization_missing"),
    ),
    Route(
        "DELETE",
        _ENDORSEMENT,
        handler="withdraw_endorsement",
        summary="Withdraw an endorsement",
        permission="consultation:take_part",
        response=schemas.Endorsement,
        error_codes=(_UNKNOWN,),
    ),
)
