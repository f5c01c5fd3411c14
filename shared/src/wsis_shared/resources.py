"""Data files inside packages, each parsed once and only when it is first used."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def read_yaml(package: str, name: str) -> Any:
    """The parsed file, for example `read_yaml("wsis_voting.notices", "ballot.yaml")`. Shared: never change the result.

    Raises FileNotFoundError.
    """
    return yaml.safe_load(files(package).joinpath(*name.split("/")).read_text("utf-8"))
