"""The links of the WSIS-SDG Matrix that is in force, as whoever flags a link outside of it reads them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from wsis_stocktaking.matrix.rules.links import pairs
from wsis_stocktaking.matrix.store import MatrixVersions

if TYPE_CHECKING:
    from wsis_shared.bus import Parts

MatrixLinks = Callable[[], Collection[tuple[str, int]]]


def current_links(parts: Parts) -> MatrixLinks:
    """A function that returns the pairs of action line and goal."""
    versions = MatrixVersions(parts.db)
    return lambda: pairs(versions.current_links())
