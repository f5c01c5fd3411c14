"""What the service itself says to people, in their language."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml


@cache
def _texts() -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = yaml.safe_load((files("wsis_accounts") / "data/texts.yaml").read_text("utf-8"))
    return texts


def say(name: str, locale: str) -> str:
    """The text of that name, in English where the language has none."""
    return _texts()[name].get(locale) or _texts()[name]["en"]
