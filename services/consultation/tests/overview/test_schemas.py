from __future__ import annotations

from wsis_consultation.overview import schemas


def test_received_submissions_are_what_is_listed_by_default() -> None:
    assert schemas.SubmissionsQuery().load({})["state"] == "received"


def test_filters_come_as_text() -> None:
    loaded = schemas.SubmissionsQuery().load({"sdg": "3", "late": "false", "merged": "true", "limit": "100"})
    assert (loaded["sdg"], loaded["late"], loaded["merged"], loaded["limit"]) == (3, False, True, 100)
