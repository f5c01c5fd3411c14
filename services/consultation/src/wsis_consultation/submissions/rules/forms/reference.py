"""Forms as delivered with the service."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from wsis_shared.reference.loading import names, read

_PACKAGE = "wsis_consultation"


def delivered(edition: str) -> dict[str, Any]:
    """The first version of an edition's form. An edition without a file starts with the newest delivered form."""
    known = names("forms", _PACKAGE)
    name = f"forms/{edition}" if f"forms/{edition}" in known else known[-1]
    return {
        "_id": f"{edition}-1",
        "edition": edition,
        "number": 1,
        "sections": deepcopy(read(name, _PACKAGE)["sections"]),
    }
