"""Use cases of exchange with other systems: changes since a sequence, snapshots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wsis_shared.settings import Suite

from wsis_stocktaking.exchange.store import Exchange
from wsis_stocktaking.exchange.use_cases.reading import ReadingCases
from wsis_stocktaking.exchange.use_cases.snapshots import SnapshotCases
from wsis_stocktaking.register.store.register import Register
from wsis_stocktaking.settings import Settings

if TYPE_CHECKING:
    from wsis_shared.bus import Parts


@dataclass(frozen=True)
class ExchangeCases:
    """What can be done."""

    reading: ReadingCases
    snapshots: SnapshotCases


def compose(parts: Parts) -> ExchangeCases:
    """The use cases with their collaborators; called once per process."""
    register, exchange, public_url = Register(parts.db), Exchange(parts.db), Suite.current().public_url.rstrip("/")
    return ExchangeCases(
        ReadingCases(register, exchange, public_url),
        SnapshotCases(register, exchange, public_url, Settings.current().stocktaking_snapshots_kept),
    )
