"""What comes in and what does not."""

from __future__ import annotations

import pytest
from marshmallow import ValidationError

from wsis_accounts import schemas

from .conftest import registration


def refused(schema, body):
    with pytest.raises(ValidationError) as error:
        schema().load(body)
    return error.value.messages


def test_a_registration_is_taken():
    assert schemas.Registration().load(registration(email=" Amina@NGO.example "))["email"] == "Amina@NGO.example"


@pytest.mark.parametrize("typed", ["012345", "012 345", " 012345 ", "٠١٢٣٤٥", "०१२३४५"])
def test_codes_are_read_in_any_script(typed):
    assert schemas.Proof().load({"email": "a@x.org", "code": typed})["code"] == "012345"


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "½12345", " " * 30 + "123456", 123456])
def test_what_is_no_code_is_refused(typed):
    assert "code" in refused(schemas.Proof, {"email": "a@x.org", "code": typed})


def test_a_proof_has_an_address_or_a_challenge():
    assert "email" in refused(schemas.Proof, {"code": "123456"})
    assert "email" in refused(schemas.Proof, {"code": "123456", "email": "a@x.org", "challenge": "c"})
    assert schemas.Proof().load({"code": "123456", "challenge": "c1"})["challenge"] == "c1"


def test_roles_are_known_and_changed_for_a_reason():
    assert "roles" in refused(schemas.Roles, {"roles": ["member"], "reason": "x"})
    assert "reason" in refused(schemas.Roles, {"roles": ["juror"]})
    assert "agency" in refused(schemas.Roles, {"roles": ["agency"], "agency": "acme", "reason": "x"})
    assert schemas.Roles().load({"roles": ["agency"], "agency": "itu", "reason": "x"})["agency"] == "itu"


def test_nobody_changes_what_is_not_theirs_to_change():
    for field in ("email", "roles", "state", "_id"):
        assert field in refused(schemas.Changes, {field: "x"})


def test_answers_hold_no_more_than_they_say():
    kept = {"account": "a1", "state": "active", "mailbox": "hash", "words": ["x"]}
    shown = schemas.Account().dump(kept)
    assert shown == {"account": "a1", "state": "active"}
