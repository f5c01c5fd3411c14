from __future__ import annotations

import pytest

from .file_kit import Row


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
