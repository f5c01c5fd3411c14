"""Pages of the Expert Group: of jurors, and of officers."""

from __future__ import annotations

from wsis_prizes.jury.pages.desk import DESK
from wsis_prizes.jury.pages.own import OWN, PANELS

PAGES = (*OWN, *DESK)

__all__ = ["PAGES", "PANELS"]
