"""What a document does not repeat: addresses that people wrote into their texts."""

from __future__ import annotations

import re
from typing import Any

_EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
# An international number: a plus sign or two zeros, then at least eight digits with the usual separators.
_TELEPHONE = re.compile(r"(?<![\w.])(?:\+|00)\d(?:[ ().-]{0,2}\d){7,14}(?!\w)")
MASK = "[…]"


def masked(text: str) -> str:
    """The text without e-mail addresses and international telephone numbers."""
    return _TELEPHONE.sub(MASK, _EMAIL.sub(MASK, text))


def masked_texts(node: Any) -> Any:
    """A structure with all its texts masked."""
    if isinstance(node, str):
        return masked(node)
    if isinstance(node, dict):
        return {key: masked_texts(value) for key, value in node.items()}
    return [masked_texts(item) for item in node] if isinstance(node, list) else node
