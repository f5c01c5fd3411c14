from __future__ import annotations

from typing import Any

import pytest

from ..programme_kit import Officer, contacts, profile


@pytest.fixture(scope="module")
def accounts(fake_service: Any) -> None:
    """accounts knows the organizers."""
    fake_service("accounts", contacts=contacts, profile=profile)


@pytest.fixture
def officer(consultation: Any, make_answers: Any) -> Officer:
    """Who makes the programme."""
    return Officer(consultation, make_answers)
