"""The number that names a submission to people."""

from __future__ import annotations


def receipt_number(edition: str, number: int) -> str:
    """ "OCP-2017-0007"."""
    return f"OCP-{edition}-{number:04d}"
