from __future__ import annotations

from typing import Any

import pytest

from ..reply_kit import Mails, make


@pytest.fixture(scope="module")
def mails(serve: Any, published: Any, fake_service: Any, start_process: Any, database: Any) -> Mails:
    return make(serve, published, fake_service, start_process, database)
