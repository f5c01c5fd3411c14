"""Routes of calls for updates."""

from __future__ import annotations

from wsis_shared.jobs import JobKind
from wsis_shared.plugin import Mode, Route
from wsis_shared.schemas import PageQuery

from wsis_stocktaking.calls import schemas
from wsis_stocktaking.entries.schemas.review import InvitationResult

_SUBMIT, _READ, _MANAGE = "stocktaking:submit", "stocktaking:read", "stocktaking:manage"
_ALL, _ONE, _OWN = "/v1/update-calls", "/v1/update-calls/{call}", "/v1/me/update-calls/{call}"
_UNKNOWN = "stocktaking.call_unknown"

ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        _ALL,
        handler="write_call_draft",
        summary="Write a call for updates",
        body=schemas.CallBody,
        response=schemas.UpdateCallRow,
        status=201,
        permission=_MANAGE,
        error_codes=("stocktaking.call_deadline_over",),
        description="A draft: nothing is sent. Owners read the text in their language, else in one that is there.",
    ),
    Route(
        "GET",
        _ALL,
        handler="list_calls",
        summary="Calls for updates, the newest first",
        query=PageQuery,
        response=schemas.UpdateCallRowPage,
        permission=_READ,
        export="update-calls",
        export_labels="wsis_stocktaking.exchange.files:CALL_LABELS",
    ),
    Route(
        "GET",
        _ONE,
        handler="read_call",
        summary="A call for updates",
        response=schemas.UpdateCallRow,
        permission=_READ,
        error_codes=(_UNKNOWN,),
    ),
    Route(
        "PUT",
        _ONE,
        handler="change_call_draft",
        summary="Change a call that was not sent",
        body=schemas.CallBody,
        response=schemas.UpdateCallRow,
        permission=_MANAGE,
        error_codes=(_UNKNOWN, "stocktaking.call_sent", "stocktaking.call_deadline_over"),
    ),
    Route(
        "POST",
        f"{_ONE}/invitations",
        handler="start_call",
        summary="Count whom a call would reach, or send it",
        body=schemas.SendingBody,
        response=InvitationResult,
        mode=Mode.JOB,
        permission=_MANAGE,
        limit="heavy",
        error_codes=(_UNKNOWN, "stocktaking.call_sent", "stocktaking.call_deadline_over"),
        description="One mail to each owner, with all their old entries. Whoever was invited recently, by any call, "
        "gets none. A dry run counts; it is the default.",
    ),
    Route(
        "PUT",
        f"{_ONE}/closure",
        handler="close_call",
        summary="End a call",
        body=schemas.ClosureBody,
        response=schemas.UpdateCallRow,
        permission=_MANAGE,
        error_codes=(_UNKNOWN, "stocktaking.call_not_open"),
        description="Nobody is reminded any more, and no answer is counted.",
    ),
    Route(
        "GET",
        f"{_ONE}/owners",
        handler="list_called_owners",
        summary="Owners whom a call has reached",
        query=schemas.InviteesQuery,
        response=schemas.CalledOwnerPage,
        permission=_READ,
        error_codes=(_UNKNOWN,),
        export="called-owners",
    ),
    Route(
        "GET",
        _OWN,
        handler="read_own_call",
        summary="A call for updates of my entries",
        response=schemas.OwnCallWithEntries,
        permission=_SUBMIT,
        error_codes=(_UNKNOWN,),
    ),
    Route(
        "PUT",
        f"{_OWN}/confirmation",
        handler="confirm_called_entries",
        summary="Say that entries of a call are still correct",
        body=schemas.ConfirmationBody,
        response=schemas.OwnCallWithEntries,
        permission=_SUBMIT,
        limit="entry",
        error_codes=(_UNKNOWN, "stocktaking.entry_unknown", "stocktaking.entry_not_public"),
        description="Each is dated today, without a review. What was updated since the mail stays as it is.",
    ),
)

JOBS: tuple[JobKind, ...] = (
    JobKind("send_call", "Sends a call for updates", permission=_READ, result=InvitationResult),
)
