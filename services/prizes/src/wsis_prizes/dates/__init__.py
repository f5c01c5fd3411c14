"""Dates: officers move phases, and voting reads and fixes its window."""

from __future__ import annotations
