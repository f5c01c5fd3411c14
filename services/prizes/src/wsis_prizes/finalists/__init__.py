"""Finalists, under embargo: those of the signed result, rulings since, and the decisions of the Expert Group."""

from __future__ import annotations
