from __future__ import annotations

from wsis_consultation.facilitators.schemas import nominations, selection

NOMINATION = {
    "mechanism": "civil-society",
    "constituency": "civil_society",
    "full_name": "Ada Umutoni",
    "bio": "Teaches.",
    "language": "en",
    "email": "ada@ngo.example",
}


def test_gender_need_not_be_stated() -> None:
    assert nominations.NominationBody().load(NOMINATION)["gender"] == "not_stated"


def test_public_list_has_nothing_to_reach_a_person_by() -> None:
    assert set(selection.Facilitator().fields) == {
        "number",
        "full_name",
        "organization",
        "country",
        "region",
        "constituencies",
        "bio",
        "language",
        "portrait",
    }
