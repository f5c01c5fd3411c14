"""Entrypoints of erasures."""

from __future__ import annotations

from typing import Any

from wsis_shared.bus import Composed, Service, subscribe
from wsis_shared.erasure import Erasure

from wsis_consultation.use_cases.erasing import compose


class ErasingEntrypoints(Service):
    """All subjects forget a person in one transaction, in an order: what stays of one decides about another."""

    erasing = Composed(compose, calls=("accounts.contacts", "accounts.profile"))

    @subscribe("accounts", "account_erased")
    def on_account_erased(self, event: dict[str, Any]) -> None:
        """Forget whose account it was."""
        self.erasing.forget(Erasure.of(event), self.bus.blobs)

    @subscribe("accounts", "address_erased")
    def on_address_erased(self, event: dict[str, Any]) -> None:
        """Forget whose address it is."""
        self.erasing.forget(Erasure.of(event), self.bus.blobs)
