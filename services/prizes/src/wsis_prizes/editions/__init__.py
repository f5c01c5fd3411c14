"""Editions: phases, settings, categories; all other subjects stand on them."""

from __future__ import annotations
