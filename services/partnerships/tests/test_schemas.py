from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.schemas import LOCALES

from wsis_partnerships.schemas import partners
from wsis_partnerships.schemas import pledges as schemas

NEEDED = "Needed in all seven languages."
CASH = {"form": "cash", "centimes": 100}
PLEDGE = {"organization": "Example Telecom", "package": "gold", "contribution": CASH}


@pytest.mark.parametrize(
    ("more", "fields"),
    [
        ({}, []),
        ({"contribution": {"form": "cash"}}, ["contribution"]),
        ({"contribution": {"form": "cash", "centimes": 0}}, ["contribution"]),
        ({"contribution": {"form": "in_kind"}}, ["contribution"]),
        ({"contribution": {"form": "in_kind", "description": "Two seconded staff"}}, []),
    ],
)
def test_error_names_the_field(more: dict[str, Any], fields: list[str]) -> None:
    assert list(schemas.NewPledge().validate({**PLEDGE, **more})) == fields


def test_people_name_francs() -> None:
    loaded = schemas.Contribution().load({"form": "cash", "francs": 12_345})
    assert loaded["centimes"] == 1_234_500
    assert list(schemas.Contribution().validate({"form": "cash", "francs": None})) == ["francs"]


def test_public_partner_has_no_amount() -> None:
    assert {"centimes", "description", "account", "amount_centimes"}.isdisjoint(partners.Partner().fields)


def test_pledge_starts_as_pledged_only() -> None:
    assert list(schemas.PledgeChange().validate({"state": "pledged", "reason": "Again"})) == ["state"]


def test_title_is_in_all_languages() -> None:
    change = schemas.PackagePatch()
    assert change.load({"title": {"fr": "Or"}, "reason": "Shorter"})["title"] == {"fr": "Or"}
    assert change.validate({"title": {"fr": None}, "reason": "Shorter"})["title"] == {"fr": [NEEDED]}
    errors = schemas.NewActivity().validate({"title": {"en": "Hackathon"}})["title"]
    assert errors == {code: [NEEDED] for code in LOCALES if code != "en"}
