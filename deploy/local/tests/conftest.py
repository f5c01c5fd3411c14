"""One private infrastructure for the tests that only look at it, or kill a part that comes back."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from wsis_local.stack import INFRASTRUCTURE, Stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    # Nothing of the stack in which the tests run, whose secret would be taken.
    outside = {name: value for name, value in os.environ.items() if not name.startswith("WSIS_")}
    with Stack(tmp_path_factory.mktemp("stack"), parts=INFRASTRUCTURE, environ=outside) as stack:
        yield stack
