"""Nominations: the list of nominees, and what voters read of it."""

from __future__ import annotations
