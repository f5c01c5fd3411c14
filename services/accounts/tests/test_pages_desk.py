"""The desk of officers: accounts with their roles, and what staff did."""

import pytest
from wsis_shared import clock
from wsis_shared.schemas import LOCALES
from wsis_testkit.pages import Pages

from wsis_accounts.pages import desk

ACCOUNT = {
    "account": "a1",
    "state": "active",
    "email": "amina@example.org",
    "names": "Amina Diallo",
    "country": "SN",
    "organization": "Femmes numériques",
    "roles": ["member", "agency", "juror"],
    "proposed": [],
    "withdrawals_proposed": [],
    "block_proposed": False,
    "agency": "itu",
    "confirmed_at": "2017-03-01T00:00:00Z",
    "proposals": [],
}
OFFICER = "0f" * 16
IDENTITY = {
    "identity": "i1",
    "provider": "itu",
    "names": {"en": "ITU", "fr": "UIT"},
    "added_at": "2017-03-01T00:00:00Z",
    "used_at": None,
}
PROPOSED_AT = clock.parse("2017-03-02T09:00:00.123Z")
PROPOSAL = {
    "proposed_at": clock.iso(PROPOSED_AT),
    "lapses_at": "2017-03-09T09:00:00.123000Z",
    "by": OFFICER,
    "by_names": "Jean Martin",
    "own": False,
    "reason": "Elle rejoint le secrétariat",
    "granted": ["officer"],
    "withdrawn": ["operator"],
    "block": False,
    "roles": ["agency", "juror", "officer"],
}
ENTRY = {
    "id": "e1",
    "source": "accounts",
    "actor": OFFICER,
    "action": "accounts.roles_changed",
    "object": "account/a1",
    "before": {"state": "active", "roles": ["member"]},
    "after": {"state": "active", "roles": ["member", "officer"]},
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
        "accounts.approve_proposal": ACCOUNT,
        "accounts.refuse_proposal": ACCOUNT,
        "accounts.block": {**ACCOUNT, "state": "blocked"},
        "accounts.remove_their_identity": None,
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


def test_the_audit_is_a_file_of_what_is_shown(pages):
    pages.bus.answers["accounts.record_export"] = None
    rows = pages.workbook("/en/desk/audit?action=accounts.roles_changed&after=x", "audit")
    assert [(row["actor"], row["reason"]) for row in rows][0] == (OFFICER, "Joins the secretariat")
    asked = pages.sent("list_audit")[-1]
    assert (asked["action"], asked["after"], len(rows)) == ("accounts.roles_changed", None, 3)
    assert pages.sent("record_export") == [{"path": "/v1/audit", "format": "xlsx", "filters": ["action"]}]
    assert pages.sign_in().get("/en/desk/audit?file=audit").status == 403


def test_the_second_officer_reads_what_they_approve_on_the_page_and_on_its_check(pages):
    pages.bus.answers["accounts.read_account"] = {**ACCOUNT, "proposals": [PROPOSAL]}
    shown = pages.get(PAGE)
    check = shown.send(0, reason="I know her")
    for each in (shown, check):
        said = facts(each)
        assert said["What takes effect"] == (
            "The account gets the role “officer of the secretariat”. "
            "The account loses the role “operator of the platform”."
        )
        assert said["Roles then"].startswith("representative of an agency: International Telecommunication Union")
        assert said["Reason of the first officer"] == "Elle rejoint le secrétariat"
        assert said["Proposed by"].startswith("Jean Martin · ")
    assert shown.all("//input[@type='checkbox']") == [], "the proposal is one act, and no set of boxes"
    assert facts(check)["Reason"] == "I know her"
    assert acts(pages) == []
    assert check.send(0).text("//div[@role='status']") == "Done."
    assert acts(pages) == [("accounts.approve_proposal", {"proposed_at": PROPOSED_AT, "reason": "I know her"})]


def test_the_second_officer_refuses_and_says_why(pages):
    pages.bus.answers["accounts.read_account"] = {**ACCOUNT, "proposals": [PROPOSAL]}
    shown = pages.get(PAGE)
    mute = shown.send(1, reason="")
    assert (mute.status, acts(pages)) == (422, [])
    assert mute.all("//details[@open]//textarea[@aria-invalid='true']/@id") == [
        href[1:] for href in mute.all("//div[@role='alert']//a/@href")
    ]
    assert mute.send(1, reason="Unknown").text("//div[@role='status']") == "Done."
    assert acts(pages) == [("accounts.refuse_proposal", {"proposed_at": PROPOSED_AT, "reason": "Unknown"})]


def test_the_first_officer_can_only_withdraw(pages):
    pages.bus.answers["accounts.read_account"] = {**ACCOUNT, "proposals": [{**PROPOSAL, "own": True}]}
    shown = pages.get(PAGE)
    assert "Approve" not in shown.text("//form")
    shown.send(0, reason="A mistake")
    assert [name for name, _ in acts(pages)] == ["accounts.refuse_proposal"]


def test_a_proposal_that_was_decided_meanwhile_is_not_approved(pages):
    pages.bus.answers["accounts.read_account"] = {**ACCOUNT, "proposals": [PROPOSAL]}
    shown = pages.get(PAGE)
    pages.bus.answers["accounts.read_account"] = ACCOUNT
    check = shown.send(0, reason="I know her")
    assert "The proposal is not there any more" in check.text()
    assert check.all("//main//form") == []


def test_a_block_is_approved_too_and_is_called_a_block(pages):
    block = {**PROPOSAL, "granted": [], "withdrawn": [], "block": True, "roles": []}
    pages.bus.answers["accounts.read_account"] = {**ACCOUNT, "roles": ["member", "officer"], "proposals": [block]}
    check = pages.get(PAGE).send(0, reason="Stolen")
    assert "All sessions of the account end" in check.text()
    assert "Roles then" not in check.text()


def test_the_check_of_the_first_officer_says_what_is_at_once_and_what_waits(pages):
    check = pages.get(PAGE).send(0, roles=["", "officer", "agency"], agency="itu", reason="Elle rejoint")
    said = facts(check)
    assert said["Roles then"].startswith("officer of the secretariat representative of an agency: International")
    assert said["Takes effect at once"] == "The account loses the role “member of the Expert Group”."
    assert said["Waits 7 days for a second officer"] == "The account gets the role “officer of the secretariat”."
    assert said["Reason"] == "Elle rejoint"


def facts(shown):
    """What stands beside each name."""
    return {
        " ".join(row.find("dt").text_content().split()): " ".join(row.find("dd").text_content().split())
        for row in shown.all("//main//dl/div")
    }


def acts(pages):
    """What was done, with what was sent."""
    return [
        (name, arguments["body"])
        for name, arguments, _ in pages.bus.calls
        if name in ("accounts.approve_proposal", "accounts.refuse_proposal", "accounts.set_roles", "accounts.block")
    ]


def test_all_roles_are_taken_by_ticking_none(pages):
    fields = [("_form", "roles"), ("_checked", "1"), ("roles", ""), ("reason", "Left")]
    assert pages.post(PAGE, fields).status == 200
    [body] = pages.bodies("set_roles")
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


@pytest.mark.parametrize("language", LOCALES)
def test_an_identity_is_removed_after_a_check_that_says_what_ends(pages, language):
    page = f"/{language}/desk/accounts/a1"
    assert pages.get(page).all("//section[@id='identities']") == []
    other = {**IDENTITY, "identity": "i2", "provider": "unesco", "names": {"en": "UNESCO"}}
    pages.bus.answers["accounts.read_account"] = {**ACCOUNT, "identities": [IDENTITY, other]}
    shown = pages.get(page)
    assert "None" not in shown.text()
    names = [each.text_content() for each in shown.all("//main//h3")]
    assert names == ["UIT" if language == "fr" else "ITU", "UNESCO"]
    mute = shown.send(3, reason="")
    assert mute.status == 422
    assert len(mute.all("//textarea[@aria-invalid='true']")) == 1, "the form of the other one stays as it was"
    check = mute.send(3, reason="Left in March")
    assert "Left in March" in check.text()
    assert pages.sent("remove_their_identity") == []
    assert check.send(0).address == f"{page}?done=yes"
    [sent] = pages.sent("remove_their_identity")
    assert (sent["account"], sent["identity"], sent["body"]) == ("a1", "i2", {"reason": "Left in March"})


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


@pytest.mark.parametrize("path", ["/desk/audit", "/desk/accounts/a1"])
def test_an_entry_says_in_words_what_was_done_and_what_changed(pages, path):
    shown = pages.get(f"/en{path}").text()
    assert "Roles changed" in shown
    assert "roles: member → member, officer" in shown
    assert "state:" not in shown, "what is as before"
    assert "تغيير الأدوار" in pages.get(f"/ar{path}").text()


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        (None, None, []),
        ({"end": "2017-04-15"}, {"end": "2017-04-30"}, ["end: 2017-04-15 → 2017-04-30"]),
        (None, {"mails": 3, "none": None}, ["mails: 3"]),
        ("draft", "ready", ["draft → ready"]),
        ({"places": 3, "open": True}, {"places": 0, "open": False}, ["places: 3 → 0", "open: True → False"]),
        ({"end": "2017-04-15"}, {"end": None}, ["end: 2017-04-15 → –"]),
        (None, ["a", "b"], ["a, b"]),
        ({"text": "old"}, {"text": "n" * 100}, [f"text: old → {'n' * 79}…"]),
    ],
)
def test_what_changed_is_a_line_for_each_value(before, after, lines):
    assert desk.changes({"before": before, "after": after}) == lines
