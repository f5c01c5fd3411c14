"""Routes of shares."""

from __future__ import annotations

from wsis_shared.plugin import Route
from wsis_shared.schemas import PageQuery

from wsis_stocktaking.claims.schemas import CodeBody
from wsis_stocktaking.sharing import schemas

_SUBMIT = "stocktaking:submit"
_OF_ENTRY, _OWN = "/v1/me/entries/{entry}/shares", "/v1/me/entry-shares/{share}"
_UNKNOWN, _NO_ENTRY = "stocktaking.share_unknown", "stocktaking.entry_unknown"

ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        _OF_ENTRY,
        handler="share_entry",
        summary="Ask somebody to edit an entry, or to own it",
        body=schemas.ShareBody,
        response=schemas.Share,
        status=201,
        permission=_SUBMIT,
        limit="entry",
        error_codes=(
            _NO_ENTRY,
            "stocktaking.claim_address_invalid",
            "stocktaking.claim_mails_exceeded",
            "stocktaking.too_many_shares",
        ),
        description="The address gets a mail with a code that counts for 14 days; nothing changes before somebody "
        "with an account types it. Another mail to the same address replaces the former one.",
    ),
    Route(
        "GET",
        _OF_ENTRY,
        handler="list_shares",
        summary="Who edits an entry of mine, and who was asked to",
        query=PageQuery,
        response=schemas.SharePage,
        permission=_SUBMIT,
        error_codes=(_NO_ENTRY,),
    ),
    Route(
        "DELETE",
        f"{_OF_ENTRY}/{{share}}",
        handler="end_share",
        summary="Let somebody edit an entry of mine no longer",
        status=204,
        permission=_SUBMIT,
        error_codes=(_NO_ENTRY, _UNKNOWN),
        description="Or withdraw an invitation. What they wrote stays.",
    ),
    Route(
        "GET",
        "/v1/entry-reviews/{entry}/editors",
        handler="list_editors",
        summary="Who edits an entry beside its owner, and who was asked to",
        query=PageQuery,
        response=schemas.SharePage,
        permission="stocktaking:manage",
        personal=True,
        error_codes=(_NO_ENTRY,),
    ),
    Route(
        "GET",
        "/v1/me/entry-shares",
        handler="list_own_shares",
        summary="Entries of others that I edit",
        query=PageQuery,
        response=schemas.OwnSharePage,
        permission=_SUBMIT,
    ),
    Route(
        "GET",
        _OWN,
        handler="read_own_share",
        summary="An invitation to an entry",
        response=schemas.OwnShare,
        permission=_SUBMIT,
        error_codes=(_UNKNOWN,),
        description="Its address is in the mail.",
    ),
    Route(
        "PUT",
        f"{_OWN}/acceptance",
        handler="accept_share",
        summary="Accept an invitation by the mailed code",
        body=CodeBody,
        response=schemas.OwnShare,
        permission=_SUBMIT,
        limit="entry",
        error_codes=(_UNKNOWN, "stocktaking.share_code_wrong", "stocktaking.share_own"),
        description="The former owner gets a mail. A hand-over takes the editors of the entry along. After five wrong "
        "codes the owner has to ask again.",
    ),
    Route(
        "DELETE",
        _OWN,
        handler="leave_entry",
        summary="Edit an entry of somebody else no longer",
        status=204,
        permission=_SUBMIT,
        error_codes=(_UNKNOWN,),
    ),
)
