"""Recipients of a test: their addresses are in no field that can be read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from wsis_shared import keys

from wsis_notifications.campaigns.rules.states import Campaign
from wsis_notifications.subscribers.rules.subscribers import Subscriber

PURPOSE = "newsletter test"


def seal_recipients(campaign: str, recipients: Sequence[Mapping[str, object]]) -> bytes:
    """Those of a test, for its document."""
    return keys.seal(PURPOSE, campaign, json.dumps(recipients).encode())


def unseal_recipients(campaign: Campaign) -> list[Subscriber]:
    """Those of a test that has not ended."""
    return list(json.loads(keys.unseal(PURPOSE, campaign["_id"], campaign["recipients"] or b"")))
