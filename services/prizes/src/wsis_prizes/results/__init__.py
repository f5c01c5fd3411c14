"""Results: champions are announced, winners released."""

from __future__ import annotations
