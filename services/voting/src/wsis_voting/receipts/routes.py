"""Routes of receipts and their keys."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route

from wsis_voting.receipts import schemas

_EDITION = "/v1/editions/{edition}"

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        f"{_EDITION}/receipts/{{commitment}}",
        handler="read_receipt",
        summary="What became of a receipt's vote",
        response=schemas.ReceiptState,
        permission=PUBLIC,
        uncached="One voter waits for what becomes of the vote.",
        error_codes=("voting.edition_unknown", "voting.receipt_unknown"),
    ),
    Route(
        "POST",
        f"{_EDITION}/receipts/verification",
        handler="verify_receipt",
        summary="Is this receipt one of ours?",
        description="Changes nothing. Over the API alone: a page looks up the commitment of a receipt.",
        body=schemas.ShownReceipt,
        response=schemas.ReceiptIsValid,
        permission=PUBLIC,
        limit="read",
        error_codes=("voting.edition_unknown", "voting.receipt_invalid"),
    ),
    Route(
        "GET",
        f"{_EDITION}/voting/keys",
        handler="read_keys",
        summary="Public keys of receipts, heads and the result",
        response=schemas.SigningKeys,
        permission=PUBLIC,
        cache=60,
        error_codes=("voting.edition_unknown",),
    ),
)
