"""Recipients of a test: their addresses are in no field that can be read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from wsis_shared import keys

PURPOSE = "newsletter test"


def seal_recipients(campaign: str, recipients: list[dict[str, Any]]) -> bytes:
    """Those of a test, for its document."""
    return keys.seal(PURPOSE, campaign, json.dumps(recipients).encode())


def unseal_recipients(campaign: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Those of a test that has not ended."""
    return list(json.loads(keys.unseal(PURPOSE, campaign["_id"], campaign["recipients"])))
