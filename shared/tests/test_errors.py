"""Errors get their English sentence from the texts of what is installed."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys
from importlib.metadata import entry_points

services = (entry.module.partition(".")[0] for entry in entry_points(group="wsis.services"))
for package in {"wsis_gateway", *services} - set(sys.argv[1:]):
    sys.modules[package] = None  # as where it is not installed

from wsis_shared.errors import NotFound, Unauthenticated

print(NotFound("suite.blob_unknown").detail, Unauthenticated("gateway.token_missing").detail)
"""


@pytest.mark.parametrize(
    ("installed", "details"),
    [((), "There is no such file."), (("wsis_gateway",), "There is no such file. This needs an access token.")],
)
def test_a_sentence_is_that_of_what_is_installed(installed: tuple[str, ...], details: str) -> None:
    made = subprocess.run([sys.executable, "-c", PROGRAM, *installed], capture_output=True, text=True, check=True)
    assert made.stdout.strip() == details
