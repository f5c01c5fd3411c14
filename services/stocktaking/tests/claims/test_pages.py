"""Claims on pages alone; without a broker."""

import pytest
from wsis_shared.errors import Conflict, Invalid
from wsis_testkit.pages import Pages

from ..desk_answers import DESK
from ..page_kit import CLAIM, OWN


@pytest.fixture
def pages():
    return Pages(OWN, "stocktaking").sign_in()


def test_an_entry_leads_to_its_claim_and_a_press_mails_a_code(pages):
    assert "/en/register/e1/claim" in pages.get("/en/register/e1").all("//main//a/@href")
    shown = pages.get("/en/register/e1/claim")
    done = shown.send(0, email="ana@red.example")
    assert pages.bodies("claim_entry") == [{"entry": "e1", "email": "ana@red.example", "message": None}]
    assert done.address == "/en/me/claims/c1"
    assert "It works for 28 minutes" in done.text("//main")


def test_a_claim_that_is_refused_keeps_what_was_typed(pages):
    pages.bus.answers["stocktaking.claim_entry"] = Conflict("stocktaking.entry_owned", entry="e1")
    shown = pages.get("/en/register/e1/claim").send(1, message="Call us")
    assert "The entry has an owner" in shown.text("//main")
    assert "Call us" in shown.text("//textarea")


def test_a_wrong_code_is_said_at_its_field(pages):
    pages.bus.answers["stocktaking.prove_claim"] = Invalid(
        "stocktaking.claim_code_wrong", fields={"code": ["Not the code of the last mail."]}
    )
    shown = pages.get("/en/me/claims/c1").send(0, code="12345678")
    assert shown.all("//div[@role='alert']//a/@href") == ["#prove-code"]
    assert "Not the code of the last mail." in shown.text("//form")


@pytest.mark.parametrize("typed", ["12345678", " 1234 5678 ", "١٢٣٤٥٦٧٨", "１２３４５６７８"])
def test_a_code_is_read_as_people_type_it(pages, typed):
    pages.get("/en/me/claims/c1").send(0, code=typed)
    assert pages.bodies("prove_claim") == [{"code": "12345678"}]


@pytest.mark.parametrize("typed", ["1234567", "123456789", "1234567a", "½2345678", f"{' ' * 30}12345678"])
def test_what_is_no_code_is_said_at_its_field(pages, typed):
    shown = pages.get("/en/me/claims/c1").send(0, code=typed)
    assert "Not a code of 8 digits." in shown.text("//form")
    assert pages.bodies("prove_claim") == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"state": "mailed", "minutes": 0}, "No code works any more"),
        ({"state": "waiting"}, "The secretariat decides"),
        ({"state": "proved"}, "The entries are being handed over"),
        ({"state": "done", "entries": 1200}, "1,200 entries are yours now."),
        ({"state": "refused", "reason": "Nobody knows you."}, "Nobody knows you."),
    ],
)
def test_a_claim_says_what_became_of_it(pages, changes, said):
    pages.bus.answers["stocktaking.read_own_claim"] = CLAIM | changes
    shown = pages.get("/en/me/claims/c1")
    assert said in shown.text("//main")
    assert shown.all("//form//input[@name='code']") == []


def test_an_officer_sees_who_claims_and_confirms_the_decision():
    pages = Pages(DESK, "stocktaking").sign_in("officer")
    shown = pages.get("/en/desk/claims/c1")
    assert "Ana Quispe, Red Andina, Peru" in shown.text("//dl")
    check = shown.send(0, decision="grant", whole="true", reason="Called back")
    assert "Check" in check.text("//main")
    assert pages.bodies("decide_claim") == []
    assert check.send(0).address == "/en/desk/claims?done=yes"
    assert pages.bodies("decide_claim") == [{"decision": "grant", "version": 3, "whole": True, "reason": "Called back"}]


def test_one_press_says_that_an_entry_is_still_correct(pages):
    shown = pages.get("/en/me/entries/e1")
    at = next(at for at, form in enumerate(shown.tree.forms) if form.fields.get("_form") == "correct")
    assert "dated today" in shown.send(at).text("//main")
    assert pages.bodies("confirm_own_entry") == [{"version": 5}]
