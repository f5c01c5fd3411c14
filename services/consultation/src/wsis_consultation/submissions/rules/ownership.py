"""Whose draft or submission it is: that of an account, or of whoever has the key of its mailed link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def owns(document: Mapping[str, Any], account: str | None, *, key_fits: bool) -> bool:
    """Whether the account wrote it, or the key of its link came along (`store.link_keys.opens`)."""
    return key_fits or (account is not None and document.get("account") == account)
