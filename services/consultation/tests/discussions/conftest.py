from __future__ import annotations

from typing import Any

import pytest

from ..discussion_kit import Forum, open_discussion, prepare


@pytest.fixture(scope="module")
def community(consultation: Any, fake_service: Any) -> None:
    """A community, and who accounts knows."""
    prepare(consultation, fake_service)


@pytest.fixture
def forum(consultation: Any, community: None) -> Forum:
    """A discussion that is open."""
    return open_discussion(consultation)
