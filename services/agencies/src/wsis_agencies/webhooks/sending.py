"""What is sent: CloudEvents in structured mode, signed. In binary mode the attributes would not be signed."""

from __future__ import annotations

import json
from functools import lru_cache

from wsis_shared import clock, keys
from wsis_shared.json_types import JsonObject

from wsis_agencies.event_subscriptions.rules.subscriptions import Subscription
from wsis_agencies.event_subscriptions.store.secrets import unseal, valid_secrets
from wsis_agencies.webhooks.client import Reply, WebhookClient
from wsis_agencies.webhooks.rules import signatures
from wsis_agencies.webhooks.rules.signatures import SIGNING_PURPOSE

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
SHARED = 256  # results of functions that are kept


class Sender:
    """Signs and sends."""

    def __init__(self, client: WebhookClient) -> None:
        self.client = client
        key = signatures.signing_key(keys.derive(SIGNING_PURPOSE))
        self._unseal = lru_cache(SHARED)(unseal)
        self._sign = lru_cache(SHARED)(key.sign)  # 40 us, and most receivers get the same event in the same second

    async def send(self, subscription: Subscription, envelope: JsonObject) -> Reply:
        """Send one event to a subscription's receiver."""
        body = json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()
        now = clock.now()
        secrets = [self._unseal(subscription["_id"], sealed) for sealed in valid_secrets(subscription, now)]
        headers = signatures.sign(str(envelope["id"]), int(now.timestamp()), body, secrets, self._sign)
        return await self.client.request(
            "POST", subscription["url"] or "", {**headers, "content-type": CONTENT_TYPE}, body
        )
