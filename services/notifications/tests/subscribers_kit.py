"""What tests of the newsletter's readers share."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

FORM = {
    "first_name": "Ama",
    "last_name": "Mensah",
    "format": "html",
    "language": "en",
    "topics": ["forum", "prizes"],
    "stakeholder_type": None,
    "country": None,
}


def new_email() -> str:
    """An address that nobody has."""
    return f"r{uuid.uuid4().hex[:12]}@people.example"


def link_of(mail: Mapping[str, Any]) -> str:
    """The token in a mail's link."""
    found = re.search(r"/newsletter/(?:confirm|preferences)/([a-z2-7.]+)", mail["text"])
    assert found, mail["text"]
    return found[1]
