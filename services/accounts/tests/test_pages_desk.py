"""The desk of officers: accounts with their roles, and what staff did."""

import pytest
from wsis_shared.schemas import LOCALES
from wsis_testkit.pages import Pages

ACCOUNT = {
    "account": "a1",
    "state": "active",
    "email": "amina@example.org",
    "names": "Amina Diallo",
    "country": "SN",
    "organization": "Femmes numériques",
    "roles": ["member", "juror"],
    "proposed": ["officer"],
    "withdrawals_proposed": ["juror"],
    "block_proposed": False,
    "agency": None,
    "confirmed_at": "2017-03-01T00:00:00Z",
}
OFFICER = "0f" * 16
ENTRY = {
    "id": "e1",
    "source": "accounts",
    "actor": OFFICER,
    "action": "accounts.roles_set",
    "object": "account/a1",
    "before": None,
    "after": None,
    "reason": "Joins the secretariat",
    "at": "2017-03-02T09:00:00Z",
    "request_id": None,
}
PAGE = "/en/desk/accounts/a1"


@pytest.fixture
def pages():
    answers = {
        "accounts.list_accounts": {"items": [ACCOUNT], "next": "more"},
        "accounts.record_page": None,
        "accounts.read_account": ACCOUNT,
        "accounts.list_audit": {
            "items": [ENTRY, {**ENTRY, "actor": "system"}, {**ENTRY, "actor": "a/b?c"}],
            "next": None,
        },
        "accounts.set_roles": ACCOUNT,
        "accounts.block": {**ACCOUNT, "state": "blocked"},
        "accounts.list_waiting": {"items": []},
    }
    return Pages(answers, "accounts", "prizes").sign_in("officer")


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("path", ["/desk/accounts", "/desk/accounts/a1", "/desk/audit"])
def test_a_page_shows_in_each_language(pages, path, language):
    shown = pages.get(f"/{language}{path}")
    assert (shown.status, len(shown.all("//h1"))) == (200, 1)
    assert "None" not in shown.text()


@pytest.mark.parametrize("path", ["/desk/accounts", "/desk/accounts/a1", "/desk/audit"])
def test_it_is_for_officers(pages, path):
    assert pages.sign_in().get(f"/en{path}").status == 403


def test_filters_and_the_next_page_are_addresses(pages):
    shown = pages.get("/en/desk/accounts?role=juror&q=Amina&x=1&limit=2")
    asked = next(arguments for name, arguments, _ in pages.bus.calls if name == "accounts.list_accounts")
    assert (asked["role"], asked["q"], asked["limit"]) == ("juror", "Amina", 50)
    assert shown.all("//a[@rel='next']/@href") == ["/en/desk/accounts?role=juror&q=Amina&limit=2&after=more"]


def test_the_second_officer_confirms_the_proposal_by_two_presses(pages):
    shown = pages.get(PAGE)
    assert "Proposed: give the role “officer of the secretariat”" in shown.text()
    check = shown.send(0, reason="Joins the secretariat")
    assert "these roles then, and no others" in check.text()
    assert [name for name, *_ in pages.bus.calls if name == "accounts.set_roles"] == []
    assert check.send(0).text("//div[@role='status']") == "Done."
    [body] = [arguments["body"] for name, arguments, _ in pages.bus.calls if name == "accounts.set_roles"]
    assert (body["roles"], body["reason"]) == (["officer"], "Joins the secretariat")


def test_all_roles_are_taken_by_ticking_none(pages):
    fields = [("_form", "roles"), ("_checked", "1"), ("roles", ""), ("reason", "Left")]
    assert pages.post(PAGE, fields).status == 200
    [body] = [arguments["body"] for name, arguments, _ in pages.bus.calls if name == "accounts.set_roles"]
    assert body["roles"] == []


def test_a_block_needs_a_reason(pages):
    shown = pages.get(PAGE).send(1, reason="")
    assert (shown.status, shown.all("//div[@role='alert']//a/@href")) == (422, ["#block-reason"])
    assert shown.all("//textarea[@aria-invalid='true']/@id") == ["block-reason"]
    ids = shown.all("//main//@id")
    assert len(set(ids)) == len(ids)
    assert set(shown.all("//main//label/@for")) <= set(ids)
    assert "Reason" in shown.text("//div[@role='alert']")
    assert "accounts.block" not in [name for name, *_ in pages.bus.calls]


@pytest.mark.parametrize("path", ["/desk/accounts/a1", "/desk/audit"])
def test_who_acted_is_a_link_where_there_is_a_page_of_them(pages, path):
    shown = pages.get(f"/en{path}")
    assert shown.all("//tbody//td[last()]//a/@href") == [f"/en/desk/accounts/{OFFICER}"]
    assert "system" in shown.text("//tbody")


def test_an_address_says_neither_what_was_not_done_nor_beside_an_error(pages):
    assert pages.get(f"{PAGE}?done=yes").text("//div[@role='status']") == "Done."
    assert pages.get(f"{PAGE}?done=blocked").all("//div[@role='status']") == []
    refused = pages.get(f"{PAGE}?done=yes").send(1, reason="")
    assert (refused.status, refused.all("//div[@role='status']")) == (422, [])
