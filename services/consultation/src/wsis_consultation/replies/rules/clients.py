"""What mail clients add to a reply (data/mail_clients.yaml), as patterns."""

from __future__ import annotations

import re

from wsis_shared.reference.loading import read

MARKER = "##-"
"""Stands before "reply above this line" in the mails that can be answered: nothing below was written by the sender."""

AT_MARKER = re.compile(rf"{MARKER}(?=[\s\u2066-\u2069]|$)")
"""The marker in a line, also where the mail isolates it in a text of the other direction."""


def any_of(kind: str) -> str:
    """A regular expression for any word of one kind ("closings") in any language, longest first."""
    words = {word for found in read("mail_clients", "wsis_consultation")[kind].values() for word in found}
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))
