"""What became of the vote behind a receipt."""

from __future__ import annotations

from wsis_voting.public_log.rules.receipt_states import COUNTED, LOGGED, VOID


def state_of(index: int, *, is_void: bool, counted_size: int) -> str:
    """Of a vote at that place of the log; the certified result counts the first `counted_size` leaves."""
    if is_void:
        return VOID
    return COUNTED if index < counted_size else LOGGED
