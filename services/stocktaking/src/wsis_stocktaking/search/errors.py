"""Errors of the search of the register."""

from __future__ import annotations

from wsis_shared.errors import Invalid


def no_word() -> Invalid:
    """The text has signs only."""
    return _text("There is no word to search for.")


def too_many_words(most: int) -> Invalid:
    """The text is longer than a search can be."""
    return _text(f"At most {most} words.")


def sequence_unknown(sequence: int) -> Invalid:
    """The client asks for a state that the register has not reached."""
    message = f"The register has not reached {sequence}."
    return Invalid("stocktaking.query_invalid", message, fields={"min_sequence": [message]})


def _text(message: str) -> Invalid:
    return Invalid("stocktaking.query_invalid", message, fields={"q": [message]})
