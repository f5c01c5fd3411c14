"""What everybody reads of nominees and champions."""

from __future__ import annotations

from wsis_prizes.nominations import schemas as nominations
from wsis_prizes.projects import schemas
from wsis_prizes.results import schemas as results


def test_public_answers_have_no_place_for_a_person() -> None:
    for schema in (nominations.Nominee, nominations.NomineeFull, results.Champion, schemas.ProjectRow):
        assert not {"contact_email", "contact_name", "owner", "account"} & set(schema().fields)
