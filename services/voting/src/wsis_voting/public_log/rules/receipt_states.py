"""What may become of a vote on its way into the log, and in it."""

from __future__ import annotations

from collections.abc import Iterator

from wsis_shared.reference.sets import Row
from wsis_shared.translations import by_key

STATES = (PENDING, LOGGED, COUNTED, VOID) = ("pending", "logged", "counted", "void")


def state_rows() -> Iterator[Row]:
    """For `/v1/reference/receipt_states`: what each state is called, and what it `means`."""
    texts = by_key("wsis_voting", "pages")
    for state in STATES:
        yield {"code": state, "title": texts[f"receipt_{state}"], "means": texts[f"receipt_{state}_means"]}
