"""Use cases: the officers' side of the list of suppressed addresses."""

from __future__ import annotations

from wsis_shared import audit
from wsis_shared.context import Context
from wsis_shared.errors import Invalid, NotFound
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts

from wsis_notifications.addresses.rules import suppression
from wsis_notifications.addresses.store.keys import address_key
from wsis_notifications.addresses.store.suppressions import Suppression, Suppressions, to_response


class SuppressedAddresses:
    """One per process."""

    def __init__(self, suppressions: Suppressions) -> None:
        self._suppressions = suppressions

    @rpc
    def list_suppressions(self, limit: int, after: str | None) -> JsonObject:
        """Newest first."""
        return self._suppressions.page(limit, after)

    @rpc
    def find_suppression(self, body: Input) -> JsonObject:
        """Raises NotFound, Invalid."""
        return to_response(self._known(_key(body["email"])))

    @rpc(writes=True)
    def suppress_address(self, ctx: Context, body: Input) -> JsonObject:
        """Raises Invalid."""
        key = _key(body["email"])
        entry = audit.entry("notifications.address_suppressed", f"suppression/{key}", reason=body["reason"])
        self._suppressions.add(key, suppression.OFFICER, ctx.received_at, "officer", entry)
        return to_response(self._known(key))

    @rpc(writes=True)
    def lift_suppression(self, ctx: Context, suppression: str, body: Input) -> None:
        """Raises NotFound."""
        before, about = self._known(suppression)["reason"], f"suppression/{suppression}"
        entry = audit.entry("notifications.suppression_lifted", about, before=before, reason=body["reason"])
        self._suppressions.remove(suppression, ctx.received_at, entry)

    def _known(self, key: str) -> Suppression:
        found = self._suppressions.find(key)
        if found is None:
            raise NotFound("notifications.not_suppressed")
        return found


def _key(email: str) -> str:
    try:
        return address_key(email)
    except ValueError:
        raise Invalid("notifications.address_invalid") from None


def compose(parts: Parts) -> SuppressedAddresses:
    """The use cases with their collaborators; called once per process."""
    return SuppressedAddresses(Suppressions(parts.db))
