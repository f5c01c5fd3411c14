"""How large tests are: ordinary, or with WSIS_NIGHTLY=1 (`make nightly`) as large as one night allows."""

from __future__ import annotations

import os
from typing import TypeVar

from hypothesis import settings

T = TypeVar("T")

NIGHTLY = os.environ.get("WSIS_NIGHTLY") == "1"


def size(ordinary: T, nightly: T) -> T:
    """`EDITS = size(1000, 10_000)`: the number of this run."""
    return nightly if NIGHTLY else ordinary


def load_profile() -> None:
    """Tests with Hypothesis: the same examples in each ordinary run, many others each night. On a busy machine any
    example may take a second, so none has a deadline. (Where CI is set, Hypothesis derandomizes unless told.)"""
    settings.register_profile("ordinary", max_examples=40, derandomize=True, deadline=None)
    settings.register_profile("nightly", max_examples=400, derandomize=False, print_blob=True, deadline=None)
    settings.load_profile(size("ordinary", "nightly"))
