"""When is a certificate still right? When it says what would be said today."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

# Raise it with each change of the page, its words or its fonts: certificates are then made anew as they are read.
DESIGN = 1
_PRINTED = ("edition", "number", "title", "organization", "country", "category")


def content_key(project: Mapping[str, Any], language: str, *, winner: bool, at: datetime) -> str:
    """Equal for certificates that are equal: a digest of all that one prints. `at`: when it was announced."""
    printed = [DESIGN, language, winner, at.isoformat(), *(project[field] for field in _PRINTED)]
    return hashlib.sha256(json.dumps(printed).encode()).hexdigest()
