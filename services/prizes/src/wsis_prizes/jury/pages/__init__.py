"""Pages of the Expert Group."""

from __future__ import annotations

from wsis_prizes.jury.pages.desk import DESK

PAGES = (*DESK,)
