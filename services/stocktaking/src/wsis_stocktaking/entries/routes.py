"""Routes of entries: own drafts, review by officers, public reading, the call for updates."""

from __future__ import annotations

from wsis_shared.jobs import JobKind
from wsis_shared.plugin import PUBLIC, Mode, Route
from wsis_shared.schemas import PageQuery

from wsis_stocktaking.entries.schemas import own, public, review

_OWN_ENTRY = "/v1/me/entries/{entry}"
_UNKNOWN = ("stocktaking.entry_unknown",)
_CHANGED = (*_UNKNOWN, "stocktaking.entry_changed", "stocktaking.entry_merged")
SUBMIT = "stocktaking:submit"

_OWN = (
    Route(
        "POST",
        "/v1/entries",
        handler="create_entry",
        summary="Draft an entry",
        body=own.NewDraft,
        response=own.OwnEntry,
        status=201,
        permission=SUBMIT,
        limit="entry",
        error_codes=("stocktaking.too_many_drafts",),
        description="A draft may have gaps: `missing` says what a submission would refuse.",
    ),
    Route(
        "GET",
        "/v1/me/entries",
        handler="list_own_entries",
        summary="My entries",
        query=own.OwnQuery,
        response=own.OwnPage,
        permission=SUBMIT,
        export="my-entries",
        export_labels="wsis_stocktaking.exchange.files:OWN_LABELS",
    ),
    Route(
        "GET",
        _OWN_ENTRY,
        handler="read_own_entry",
        summary="An entry of mine",
        response=own.OwnEntry,
        permission=SUBMIT,
        error_codes=_UNKNOWN,
    ),
    Route(
        "PUT",
        _OWN_ENTRY,
        handler="change_own_entry",
        summary="Replace the draft of an entry",
        body=own.DraftBody,
        response=own.OwnEntry,
        permission=SUBMIT,
        error_codes=(*_CHANGED, "stocktaking.draft_submitted", "stocktaking.too_many_drafts"),
        description="The public goes on reading what was approved last.",
    ),
    Route(
        "DELETE",
        _OWN_ENTRY,
        handler="discard_own_draft",
        summary="Delete the draft of an entry",
        status=204,
        permission=SUBMIT,
        error_codes=(*_UNKNOWN, "stocktaking.entry_changed", "stocktaking.draft_missing"),
        description="An entry that was never public is deleted with it; one that is public stays public.",
    ),
    Route(
        "POST",
        f"{_OWN_ENTRY}/submission",
        handler="submit_own_entry",
        summary="Submit the draft for review",
        body=own.SubmissionBody,
        response=own.OwnEntry,
        permission=SUBMIT,
        limit="entry",
        error_codes=(
            *_CHANGED,
            "stocktaking.draft_missing",
            "stocktaking.draft_submitted",
            "stocktaking.entry_incomplete",
            "stocktaking.consent_needed",
        ),
        description="Who submits gets a receipt with a copy. Where the secretariat has set a licence, the body agrees "
        "to it; the entry keeps that with its time.",
    ),
    Route(
        "DELETE",
        f"{_OWN_ENTRY}/submission",
        handler="take_back_own_entry",
        summary="Take the draft back from review",
        response=own.OwnEntry,
        permission=SUBMIT,
        error_codes=(*_UNKNOWN, "stocktaking.not_submitted"),
    ),
    Route(
        "PUT",
        f"{_OWN_ENTRY}/withdrawal",
        handler="withdraw_own_entry",
        summary="Withdraw an entry from the register",
        body=own.VersionBody,
        response=own.OwnEntry,
        permission=SUBMIT,
        error_codes=(*_UNKNOWN, "stocktaking.entry_changed", "stocktaking.entry_not_public"),
        description="A draft that is approved later makes it public again.",
    ),
    Route(
        "PUT",
        f"{_OWN_ENTRY}/confirmation",
        handler="confirm_own_entry",
        summary="Say that an entry is still correct",
        body=own.VersionBody,
        response=own.OwnEntry,
        permission=SUBMIT,
        limit="entry",
        error_codes=(*_UNKNOWN, "stocktaking.entry_changed", "stocktaking.entry_not_public"),
        description="It is dated today. Nobody reviews it: the next revision says the same.",
    ),
)

_ENTRY = "/v1/entries/{entry}"
_REVIEW = "/v1/entry-reviews/{entry}"
_STATE = (*_UNKNOWN, "stocktaking.entry_changed", "stocktaking.entry_not_public")
READ, MANAGE = "stocktaking:read", "stocktaking:manage"

_REVIEWS = (
    Route(
        "GET",
        "/v1/entry-reviews",
        handler="list_reviews",
        summary="Entries that wait for review",
        query=review.ReviewQuery,
        response=review.ReviewPage,
        permission=READ,
        export="entry-reviews",
        export_labels="wsis_stocktaking.exchange.files:REVIEW_LABELS",
        description="The longest wait first.",
    ),
    Route(
        "GET",
        _REVIEW,
        handler="read_review",
        summary="An entry with its draft, what it changes, and duplicates",
        response=review.ReviewWithDuplicates,
        permission=READ,
        error_codes=_UNKNOWN,
        description="Any entry, public or not. A link outside the WSIS-SDG Matrix is flagged, never refused.",
    ),
    Route(
        "GET",
        f"{_REVIEW}/revisions",
        handler="list_revision_authors",
        summary="Revisions of an entry with authors",
        query=PageQuery,
        response=review.RevisionWithAuthorPage,
        permission=READ,
        error_codes=_UNKNOWN,
        export="entry-revisions",
        export_labels="wsis_stocktaking.exchange.files:REVISION_LABELS",
    ),
    Route(
        "PUT",
        f"{_REVIEW}/decision",
        handler="decide_review",
        summary="Approve, return or withdraw an entry",
        body=review.DecisionBody,
        response=review.Review,
        permission=MANAGE,
        error_codes=(*_STATE, "stocktaking.not_submitted"),
        description="The owner gets a mail. With another content, approval makes a revision of the officer.",
    ),
    Route(
        "POST",
        f"{_ENTRY}/merge",
        handler="merge_entries",
        summary="Merge an entry into another one",
        body=review.MergeBody,
        response=review.Review,
        permission=MANAGE,
        error_codes=(*_STATE, "stocktaking.entry_merged", "stocktaking.same_entry", "stocktaking.not_submitted"),
        description="The id of the merged entry leads to the survivor, which takes its owner and contact where it has "
        "none. A contact does not go to somebody else who owns the survivor.",
    ),
    Route(
        "PUT",
        f"{_ENTRY}/content",
        handler="correct_entry",
        summary="Correct what is public of an entry",
        body=review.CorrectionBody,
        response=review.Review,
        permission=MANAGE,
        error_codes=_STATE,
        description="A revision of the officer; its age stays that of the last update by the organization.",
    ),
    Route(
        "PUT",
        f"{_ENTRY}/owner",
        handler="assign_entry",
        summary="Give an entry to an account",
        body=review.OwnerBody,
        response=review.Review,
        permission=MANAGE,
        error_codes=(
            *_UNKNOWN,
            "stocktaking.entry_changed",
            "stocktaking.account_unknown",
            "stocktaking.not_submitted",
        ),
        description="Which gets a mail. What a former owner has not submitted, and their contact, do not go along.",
    ),
)


_NOT_PUBLIC = ("stocktaking.entry_unknown", "stocktaking.entry_withdrawn")
CHANGES = ("stocktaking.entry_published", "stocktaking.entry_withdrawn", "stocktaking.entries_imported")
_MERGED = "The id of an entry that was merged leads to the survivor."

_PUBLIC = (
    Route(
        "GET",
        _ENTRY,
        handler="read_entry",
        summary="An entry of the register",
        response=public.Entry,
        permission=PUBLIC,
        cache=60,
        invalidated_by=(*CHANGES, "stocktaking.matrix_published"),
        error_codes=_NOT_PUBLIC,
        description=f"The last revision that was approved. {_MERGED}",
    ),
    Route(
        "GET",
        f"{_ENTRY}/revisions",
        handler="list_revisions",
        summary="Revisions of an entry",
        query=PageQuery,
        response=public.RevisionPage,
        permission=PUBLIC,
        cache=60,
        invalidated_by=CHANGES,
        error_codes=_NOT_PUBLIC,
        description=f"The last one first. {_MERGED}",
    ),
    Route(
        "GET",
        f"{_ENTRY}/revisions/{{number}}",
        handler="read_revision",
        summary="A revision of an entry",
        response=public.Revision,
        permission=PUBLIC,
        cache=60,
        invalidated_by=CHANGES,
        error_codes=(*_NOT_PUBLIC, "stocktaking.revision_unknown"),
    ),
    Route(
        "GET",
        f"{_ENTRY}/differences",
        handler="compare_revisions",
        summary="What changed between two revisions",
        query=public.DifferencesQuery,
        response=public.Differences,
        permission=PUBLIC,
        cache=60,
        invalidated_by=CHANGES,
        error_codes=(*_NOT_PUBLIC, "stocktaking.revision_unknown"),
        description="By default between the last two.",
    ),
)


JOBS = (
    JobKind(
        "invite_owners",
        "Invites owners of old entries to update them",
        permission="stocktaking:read",
        result=review.InvitationResult,
    ),
)

_INVITATIONS = (
    Route(
        "POST",
        "/v1/entry-invitations",
        handler="start_invitations",
        summary="Invite owners to update old entries",
        body=review.InvitationBody,
        response=review.InvitationResult,
        permission="stocktaking:manage",
        mode=Mode.JOB,
        limit="heavy",
        description="One mail to each owner, with all their old entries. Whoever was invited recently gets none. "
        "A dry run counts; it is the default.",
    ),
    Route(
        "GET",
        "/v1/entry-invitations",
        handler="list_invitations",
        summary="Calls for updates, the newest first",
        query=review.InvitationsQuery,
        response=review.InvitationPage,
        permission="stocktaking:manage",
    ),
    Route(
        "GET",
        "/v1/entry-contacts",
        handler="list_entries_without_owner",
        summary="Old entries that nobody owns",
        query=review.OwnerlessQuery,
        response=review.OwnerlessPage,
        permission="stocktaking:manage",
        export="entry-contacts",
        personal=True,
        description="With the contact that an import brought. The suite mails no address that nobody has proved.",
    ),
)


ROUTES = (*_OWN, *_REVIEWS, *_PUBLIC, *_INVITATIONS)
