"""The files of the Compose project, as its tests read them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]


@cache
def fragment(path: Path) -> dict[str, Any]:
    """The services of a file of Compose, with what they extend, but for lists that Compose adds up."""
    own = yaml.safe_load(path.read_text("utf-8"))["services"]
    part = yaml.safe_load((ROOT / "deploy/part.yaml").read_text("utf-8"))["services"]["part"]

    def whole(name: str) -> dict[str, Any]:
        base = own[name].get("extends", {})
        return {**(part if base.get("file") else whole(base["service"]) if base else {}), **own[name]}

    return {name: whole(name) for name in own}


def environment(path: Path, name: str) -> dict[str, Any]:
    """Of one of them."""
    return fragment(path)[name].get("environment") or {}
