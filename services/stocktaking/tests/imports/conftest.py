from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from wsis_testkit.interruptions import InProcess

from ..import_kit import Importing, in_process
from .file_kit import Row


@pytest.fixture(scope="module")
def service(database: Any) -> InProcess:
    """The service without a broker."""
    return in_process(database("stocktaking"))


@pytest.fixture
def importing(service: InProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Importing:
    """Imports in an empty register."""
    service.restore({})
    return Importing(service, tmp_path, monkeypatch)


@pytest.fixture(scope="module")
def row() -> Row:
    """A sound row."""
    return {
        "import_key": "a",
        "title.en": "Digital farmers",
        "description.en": "Prices by text message.",
        "original_language": "en",
        "organization.name": "Ministry of Agriculture",
        "organization.type": "government",
        "organization.country": "NO",
        "kind": "project",
        "coverage": "national",
        "countries": "NA; NO",
        "status": "ongoing",
        "start_date": "2014-03-01",
        "action_lines": "C7.e-agriculture; C1",
        "sub_themes": "C1.partnerships",
        "targets": "8.10; 8.2",
    }
