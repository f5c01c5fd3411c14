"""Certificates of champions and winners."""

from __future__ import annotations
