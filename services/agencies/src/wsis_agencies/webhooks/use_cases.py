"""What everybody may know of webhooks."""

from __future__ import annotations

from wsis_shared import keys
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts

from wsis_agencies.webhooks.rules import signatures
from wsis_agencies.webhooks.rules.signatures import SIGNING_PURPOSE


class WebhookCases:
    """One per process."""

    @rpc
    def list_event_keys(self) -> dict[str, object]:
        """The public keys, as a JWK set."""
        key = signatures.signing_key(keys.derive(SIGNING_PURPOSE))
        return {"keys": [signatures.public_jwk(key)]}


def compose(parts: Parts) -> WebhookCases:
    """The use cases; called once per process."""
    return WebhookCases()
