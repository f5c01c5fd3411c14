from __future__ import annotations

from typing import Any

import pytest
from wsis_testkit import refused


def test_the_service_is_there_with_its_store(stocktaking: Any) -> None:
    assert stocktaking.call("health")["service"] == "stocktaking"


@pytest.mark.parametrize(
    ("method", "arguments", "code"),
    [
        ("read_entry", {"entry": "none"}, "stocktaking.entry_unknown"),
        ("read_import", {"id": "none"}, "stocktaking.import_unknown"),
        ("list_import_refusals", {"id": "none", "limit": 20}, "stocktaking.import_unknown"),
        ("list_refused_rows", {"id": "none", "limit": 20}, "stocktaking.import_unknown"),
        ("list_import_changes", {"id": "none", "limit": 20}, "stocktaking.import_unknown"),
        ("start_import_reversal", {"id": "none", "body": {"reason": "None such"}}, "stocktaking.import_unknown"),
        ("list_matrix_entries", {"line": "C99", "sdg": "2"}, "stocktaking.matrix_line_unknown"),
        ("list_matrix_sessions", {"line": "C99", "sdg": "2"}, "stocktaking.matrix_line_unknown"),
        ("list_matrix_entries", {"line": "C1", "sdg": "18"}, "stocktaking.matrix_sdg_unknown"),
        ("list_matrix_sessions", {"line": "C1", "sdg": "18"}, "stocktaking.matrix_sdg_unknown"),
        ("read_matrix_proposal", {"proposal": "none"}, "stocktaking.matrix_proposal_unknown"),
        ("read_report", {"report": "none"}, "stocktaking.report_unknown"),
        ("read_report_version", {"report": "none"}, "stocktaking.report_unknown"),
        ("read_saved_search", {"search": "none"}, "stocktaking.saved_search_unknown"),
        ("remove_saved_search", {"search": "none"}, "stocktaking.saved_search_unknown"),
        ("read_unsubscription", {"search": "none", "code": "0" * 32}, "stocktaking.saved_search_unknown"),
        ("read_entry_snapshot_file", {"snapshot": "none"}, "stocktaking.snapshot_unknown"),
    ],
)
def test_what_is_not_there_is_said_to_be_unknown(
    stocktaking: Any, officer: Any, method: str, arguments: dict[str, Any], code: str
) -> None:
    with refused(code):
        stocktaking.call(method, officer, **arguments)
