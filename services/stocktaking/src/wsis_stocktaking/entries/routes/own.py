"""Own entries."""

from __future__ import annotations

from wsis_shared.plugin import Route

from wsis_stocktaking.entries.schemas import own

_ENTRY = "/v1/me/entries/{entry}"
_UNKNOWN = ("stocktaking.entry_unknown",)
_CHANGED = (*_UNKNOWN, "stocktaking.entry_changed", "stocktaking.entry_merged")
SUBMIT = "stocktaking:submit"

ROUTES = (
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
    ),
    Route(
        "GET",
        _ENTRY,
        handler="read_own_entry",
        summary="An entry of mine",
        response=own.OwnEntry,
        permission=SUBMIT,
        error_codes=_UNKNOWN,
    ),
    Route(
        "PUT",
        _ENTRY,
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
        _ENTRY,
        handler="discard_own_draft",
        summary="Delete the draft of an entry",
        status=204,
        permission=SUBMIT,
        error_codes=(*_UNKNOWN, "stocktaking.entry_changed", "stocktaking.draft_missing"),
        description="An entry that was never public is deleted with it; one that is public stays public.",
    ),
    Route(
        "POST",
        f"{_ENTRY}/submission",
        handler="submit_own_entry",
        summary="Submit the draft for review",
        body=own.VersionBody,
        response=own.OwnEntry,
        permission=SUBMIT,
        limit="entry",
        error_codes=(
            *_CHANGED,
            "stocktaking.draft_missing",
            "stocktaking.draft_submitted",
            "stocktaking.entry_incomplete",
        ),
        description="The owner gets a receipt with a copy.",
    ),
    Route(
        "DELETE",
        f"{_ENTRY}/submission",
        handler="take_back_own_entry",
        summary="Take the draft back from review",
        response=own.OwnEntry,
        permission=SUBMIT,
        error_codes=(*_UNKNOWN, "stocktaking.not_submitted"),
    ),
    Route(
        "PUT",
        f"{_ENTRY}/withdrawal",
        handler="withdraw_own_entry",
        summary="Withdraw an entry from the register",
        body=own.VersionBody,
        response=own.OwnEntry,
        permission=SUBMIT,
        error_codes=(*_UNKNOWN, "stocktaking.entry_changed", "stocktaking.entry_not_public"),
        description="A draft that is approved later makes it public again.",
    ),
)
