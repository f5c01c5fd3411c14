"""What accounts says of voters."""

from __future__ import annotations

from wsis_shared.events import EventDependency

DEPENDS_ON = (
    EventDependency("accounts", "account_confirmed", reads=("account", "country")),
    EventDependency("accounts", "account_erased", reads=("account",)),
    EventDependency(
        "accounts", "voter_signals", reads=("account", "domain", "throwaway", "registered_at", "confirmed_at")
    ),
)
