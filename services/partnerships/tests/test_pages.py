"""The pages of partners, sponsors and of the fund's desk, without a broker."""

import pytest
from wsis_shared.errors import Conflict, Invalid, NotFound
from wsis_shared.schemas import LOCALES
from wsis_testkit.pages import Pages

PACKAGES = {
    "edition": "2017",
    "items": [
        {
            "code": "platinum",
            "title": "Platinum",
            "titles": dict.fromkeys(LOCALES, "Platinum"),
            "partner_class": "Strategic Partner",
            "amount_centimes": 25_000_000,
            "max_partners": 1,
            "needs_activity": False,
            "available": False,
            "benefits": [{"code": "logo", "title": "Logo on all banners"}],
        },
        {
            "code": "gold",
            "title": "Gold",
            "titles": dict.fromkeys(LOCALES, "Gold"),
            "partner_class": "Strategic Partner",
            "amount_centimes": None,
            "max_partners": None,
            "needs_activity": False,
            "available": True,
            "benefits": [],
        },
    ],
    "activities": [{"code": "hackathon", "title": "Hackathon", "titles": dict.fromkeys(LOCALES, "Hackathon")}],
    "revision": "1",
}
CALL = {
    "edition": "2017",
    "text": "Support the <b>Forum</b>.",
    "texts": dict.fromkeys(LOCALES, "Support the Forum."),
    "deadline": "2017-04-01T12:00:00Z",
    "open": True,
    "revision": "1",
}
PARTNER = {
    "id": "p1",
    "organization": "شركة الاتصالات",
    "website": "https://telecom.example",
    "package": "platinum",
    "package_title": "Platinum",
    "partner_class": "Strategic Partner",
    "activity": None,
    "confirmed_at": "2017-02-01T08:00:00Z",
    "logo": "/v1/partnerships/2017/partners/p1/logo",
}
PLEDGE = {
    "id": "p2",
    "edition": "2017",
    "organization": "<b>Example</b> Telecom",
    "website": None,
    "package": "gold",
    "activity": "hackathon",
    "form": "cash",
    "centimes": 1_234_500,
    "description": None,
    "state": "pledged",
    "pledged_at": "2017-02-01T08:00:00Z",
    "history": [
        {"state": "pledged", "at": "2017-02-01T08:00:00Z", "reason": None},
        {
            "state": "pledged",
            "at": "2017-02-02T08:00:00Z",
            "reason": "As in the contract",
            "changes": [
                {"field": "centimes", "before": "100000", "after": "1234500"},
                {"field": "website", "before": "https://old.example", "after": None},
            ],
        },
    ],
    "terms": {"title": "Gold", "amount_centimes": 100_000, "benefits": [{"code": "logo", "title": "Logo"}]},
    "benefits": [{"code": "logo", "title": "Logo", "done": False, "at": None}],
    "has_logo": False,
    "logo_waits": False,
    "offered_at": None,
}
ENTRY = {
    "id": "l1",
    "pledge": "p2",
    "at": "2017-02-01T08:00:00Z",
    "package": "gold",
    "activity": None,
    "form": "cash",
    "centimes": 1_234_500,
    "from_state": None,
    "to_state": "pledged",
}
TAKEN_BACK = {**ENTRY, "id": "l2", "from_state": "pledged", "to_state": None}
SUMS = {
    state: {"pledges": 1, "centimes": 100} for state in ("pledged", "confirmed", "received", "withdrawn", "refunded")
}
SPONSOR = {
    "organization": "Example Telecom",
    "package": "gold",
    "contribution.form": "cash",
    "contribution.francs": "12345",
}
DESK = [
    "/desk/partners",
    "/desk/partners?state=pledged",
    "/desk/partners/2017/p2",
    "/desk/partners/2017/p2/correction",
    "/desk/partners/2017/ledger",
    "/desk/partners/2017/packages",
    "/desk/partners/2017/packages/gold",
    "/desk/partners/2017/call",
]


@pytest.fixture
def pages():
    """A browser, and services that answer as if all went well."""
    return Pages(
        {
            "prizes.list_editions": {"items": [{"edition": "2017", "title": "WSIS Prizes 2017"}], "next": None},
            "partnerships.list_funds": {"edition": "2017", "editions": ["2017"]},
            "partnerships.list_packages": PACKAGES,
            "partnerships.list_partners": {"items": [PARTNER], "next": None},
            "partnerships.read_call": CALL,
            "partnerships.set_call": CALL,
            "partnerships.change_package": PACKAGES,
            "partnerships.correct_pledge": PLEDGE,
            "partnerships.make_pledge": PLEDGE,
            "partnerships.read_pledge": PLEDGE,
            "partnerships.withdraw_pledge": {**PLEDGE, "state": "withdrawn"},
            "partnerships.list_my_pledges": {"items": [PLEDGE], "next": None},
            "partnerships.list_pledges": {"items": [PLEDGE], "next": "c2"},
            "partnerships.change_pledge": {**PLEDGE, "state": "confirmed"},
            "partnerships.set_benefit": PLEDGE,
            "partnerships.read_report": {"edition": "2017", "cash": SUMS, "in_kind": SUMS},
            "partnerships.list_ledger": {"items": [TAKEN_BACK, ENTRY], "next": None},
        },
        "partnerships",
        "prizes",
        "accounts",
    )


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("path", ["/", "/me", "/partners", "/partners/pledge", "/partners/2017/pledges/p2", *DESK])
def test_a_page_shows_in_each_language(pages, path, language):
    shown = pages.sign_in("officer").get(f"/{language}{path}")
    assert (shown.status, shown.all("/html/@lang")) == (200, [language])
    assert len(shown.all("//h1")) == 1
    assert "None" not in shown.text()


def test_partners_are_shown_by_their_logos_and_packages_with_what_is_left(pages):
    shown = pages.get("/en/partners")
    assert shown.headers["cache-control"].startswith("public")
    assert shown.all("//main//img/@alt") == ["شركة الاتصالات"]
    assert "CHF 250,000" in shown.text()
    assert ("Taken" in shown.text(), "Available" in shown.text()) == (True, True)


def test_before_the_fund_is_open_there_is_a_page(pages):
    pages.bus.answers["partnerships.list_funds"] = {"edition": None, "editions": []}
    shown = pages.get("/fr/partners")
    assert (shown.status, "pas encore ouvertes" in shown.text()) == (200, True)
    assert pages.sign_in().get("/fr/partners/pledge").all("//main//form") == []


def test_a_sponsor_pledges_in_francs(pages):
    shown = pages.sign_in().get("/en/partners/pledge?package=gold")
    assert shown.all("//input[@name='package'][@checked]/@value") == ["gold"]
    done = shown.send(**SPONSOR)
    assert done.address == "/en/partners/2017/pledges/p2?done=made"
    [sent] = pages.sent("make_pledge")
    assert (sent["edition"], sent["body"]["contribution"]["centimes"]) == ("2017", 1_234_500)
    assert "<b>Example</b> Telecom" in done.text()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"contribution.francs": ""}, "contribution.francs"),
        ({"contribution.francs": "much"}, "contribution.francs"),
        ({"contribution.form": "in_kind", "contribution.francs": ""}, "contribution.description"),
        ({"organization": ""}, "organization"),
        ({"website": "javascript:alert(1)"}, "website"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_lost(pages, typed, field):
    shown = pages.sign_in().get("/en/partners/pledge").send(**{**SPONSOR, **typed})
    assert shown.status == 422
    assert shown.all("//div[@role='alert']//a/@href") == [f"#pledge-{field}"]
    assert shown.all(f"//*[@id='pledge-{field}']"), "the link leads to a field"
    assert shown.all("//input[@name='package'][@checked]/@value") == ["gold"]
    assert pages.sent("make_pledge") == []


def test_what_the_service_refuses_is_at_its_field(pages):
    refusal = Invalid("partnerships.amount_too_small", "", fields={"contribution.francs": ["Less than it costs."]})
    pages.bus.answers["partnerships.make_pledge"] = refusal
    shown = pages.sign_in().get("/ar/partners/pledge").send(**SPONSOR)
    assert shown.all("//div[@role='alert']//a/@href") == ["#pledge-contribution.francs"]
    assert shown.all("//input[@name='contribution.francs']/@value") == ["12345"]


def test_a_sponsor_withdraws_until_the_pledge_is_confirmed(pages):
    shown = pages.sign_in().get("/en/partners/2017/pledges/p2")
    check = shown.send(shown.form_named("withdraw"), reason="Our budget was cut")
    assert pages.sent("withdraw_pledge") == []
    assert "Our budget was cut" in check.text()
    check.send()
    [sent] = pages.sent("withdraw_pledge")
    assert sent["body"] == {"reason": "Our budget was cut"}
    pages.bus.answers["partnerships.read_pledge"] = {**PLEDGE, "state": "confirmed"}
    assert "withdraw" not in pages.get("/en/partners/2017/pledges/p2").all("//main//form//input[@name='_form']/@value")


@pytest.mark.parametrize(
    ("state", "said"), [("pledged", "once the pledge is confirmed"), ("received", "once the secretariat has accepted")]
)
def test_a_sponsor_uploads_a_logo(pages, state, said):
    pages.bus.answers["partnerships.read_pledge"] = {**PLEDGE, "state": state}
    shown = pages.sign_in().get("/en/partners/2017/pledges/p2")
    assert ("There is no logo yet." in shown.text(), said in shown.text()) == (True, True)
    assert shown.all("//input[@type='file']/@accept") == [".png"]
    refused = shown.send(shown.form_named("logo"))
    assert (refused.status, refused.all("//div[@role='alert']//a/@href")) == (422, ["#logo-file"])


@pytest.mark.parametrize("state", ["withdrawn", "refunded"])
def test_a_pledge_that_is_over_takes_no_logo(pages, state):
    pages.bus.answers["partnerships.read_pledge"] = {**PLEDGE, "state": state}
    assert pages.sign_in().get("/en/partners/2017/pledges/p2").all("//main//form") == []


def test_panels_lead_to_partners_and_to_ones_own_pledges(pages):
    assert pages.get("/en/").all("//main//img/@alt") == ["شركة الاتصالات"]
    assert "/en/partners/2017/pledges/p2" in pages.sign_in().get("/en/me").all("//main//a/@href")


def test_the_desk_leads_to_pledges_and_on(pages):
    shown = pages.sign_in("officer").get("/en/desk/partners?state=pledged")
    links = shown.all("//main//a/@href")
    assert "/en/desk/partners/2017/p2" in links
    assert "/en/desk/partners?state=pledged&after=c2" in links
    assert pages.sent("list_pledges")[-1]["state"] == "pledged"


def test_an_officer_decides_with_a_reason(pages):
    shown = pages.sign_in("officer").get("/en/desk/partners/2017/p2")
    assert shown.all("//input[@name='state']/@value") == ["confirmed", "withdrawn"]
    wrong = shown.send(state="confirmed", reason="")
    assert (wrong.status, wrong.all("//div[@role='alert']//a/@href")) == (422, ["#decide-reason"])
    check = wrong.send(reason="The contract is signed")
    assert pages.sent("change_pledge") == []
    assert "New stateConfirmedReasonThe contract is signed" in check.text()
    done = check.send()
    assert done.address == "/en/desk/partners/2017/p2?done=saved"
    refused = done.send(reason="")
    assert (refused.status, done.text("//div[@role='status']"), refused.all("//div[@role='status']")) == (
        422,
        "Saved.",
        [],
    )
    [sent] = pages.sent("change_pledge")
    assert sent["body"] == {"state": "confirmed", "reason": "The contract is signed", "proposed_logo": "none"}


def test_two_officers_confirm_one_package(pages):
    pages.bus.answers["partnerships.change_pledge"] = Conflict("partnerships.package_taken", "")
    shown = pages.sign_in("officer").get("/en/desk/partners/2017/p2").send(reason="Signed").send()
    assert shown.status == 409
    assert "already has its partner" in shown.text("//div[@role='alert']")
    assert shown.text("//textarea[@name='reason']") == "Signed"


def test_an_officer_checks_a_benefit_off(pages):
    pages.sign_in("officer").get("/en/desk/partners/2017/p2").send(1)
    [sent] = pages.sent("set_benefit")
    assert (sent["benefit"], sent["body"]) == ("logo", {"done": True})


def test_a_benefit_that_is_refused_leaves_its_key_to_no_other(pages):
    owed = [{"code": code, "title": code, "done": False, "at": None} for code in ("logo", "stand")]
    pages.bus.answers["partnerships.read_pledge"] = {**PLEDGE, "benefits": owed}
    pages.bus.answers["partnerships.set_benefit"] = Conflict("partnerships.wrong_state", "")
    sent = {"_form": "benefit", "_key": "k1", "benefit": "stand", "done": "true"}
    shown = pages.sign_in("officer").post("/en/desk/partners/2017/p2", sent)
    keys = {each.fields["benefit"]: each.fields["_key"] for each in shown.tree.forms if "benefit" in each.fields}
    assert (keys["stand"], keys["logo"] == "k1") == ("k1", False)


def test_sponsors_read_the_call_and_pledge_until_its_deadline(pages):
    shown = pages.get("/en/partners")
    assert "Support the <b>Forum</b>." in shown.text("//*[@id='call']/..")
    assert "/en/partners/pledge?edition=2017" in shown.all("//main//a/@href")
    assert "Deadline" in pages.sign_in().get("/en/partners/pledge").text()


def test_after_the_deadline_of_the_call_no_page_leads_to_a_pledge(pages):
    pages.bus.answers["partnerships.read_call"] = {**CALL, "open": False}
    shown = pages.sign_in().get("/en/partners/pledge")
    assert ("The deadline is over" in shown.text(), shown.all("//main//form")) == (True, [])
    assert pages.get("/en/partners").all("//main//a[contains(@class, 'button')]/@href") == []


def test_without_a_call_sponsors_pledge(pages):
    pages.bus.answers["partnerships.read_call"] = NotFound("partnerships.call_unknown", "")
    assert pages.sign_in().get("/en/partners/pledge").all("//main//form") != []
    assert "There is no call yet" in pages.sign_in("officer").get("/en/desk/partners/2017/packages").text()


def test_an_officer_publishes_the_call_in_all_languages(pages):
    shown = pages.sign_in("officer").get("/en/desk/partners/2017/call")
    texts = {f"text.{code}": f"Support the Forum ({code})." for code in LOCALES}
    typed = {**texts, "deadline": "2017-05-01T12:00", "reason": "Approved by the Secretary-General"}
    wrong = shown.send(**{**typed, "text.ar": ""})
    assert (wrong.status, wrong.all("//div[@role='alert']//a/@href")) == (422, ["#publish-text.ar"])
    check = wrong.send(**typed)
    assert pages.sent("set_call") == []
    assert check.send().address == "/en/desk/partners/2017/packages?done=saved"
    [sent] = pages.sent("set_call")
    assert set(sent["body"]["text"]) == set(LOCALES)
    assert sent["body"]["deadline"].isoformat() == "2017-05-01T10:00:00+00:00", "typed in Geneva time"


def test_an_officer_changes_amount_and_places_of_a_package(pages):
    shown = pages.sign_in("officer").get("/en/desk/partners/2017/packages/platinum")
    assert shown.all("//input[@name='from_francs' or @name='max_partners']/@value") == ["250000", "1"]
    assert "Pledges keep the terms" in shown.text()
    shown.send(from_francs="300000", max_partners="", reason="Agreed by the board").send()
    [sent] = pages.sent("change_package")
    assert (sent["package"], sent["body"]["amount_centimes"], sent["body"]["max_partners"]) == (
        "platinum",
        30_000_000,
        None,
    )
    assert pages.get("/en/desk/partners/2017/packages/silver").all("//main//form") == []


def test_an_officer_corrects_a_pledge_and_both_are_shown(pages):
    shown = pages.sign_in("officer").get("/en/desk/partners/2017/p2")
    assert "/en/desk/partners/2017/p2/correction" in shown.all("//main//a/@href")
    assert "Amount: CHF 1,000 CHF 12,345" in " ".join(shown.text("//main").split())
    check = pages.get("/en/desk/partners/2017/p2/correction").send(francs="2000", reason="A zero too many")
    assert pages.sent("correct_pledge") == []
    assert "The sponsor gets a mail" in check.text()
    assert check.send().address == "/en/desk/partners/2017/p2?done=saved"
    [sent] = pages.sent("correct_pledge")
    assert (sent["body"]["centimes"], sent["body"]["reason"]) == (200_000, "A zero too many")
    assert sent["body"]["base"] == 1, "the corrections that were read"
    assert "Taken back by a correction" in pages.get("/en/desk/partners/2017/ledger").text()


def test_an_amount_with_centimes_stays_where_something_else_is_changed(pages):
    odd = {"amount_centimes": 1_234_550}
    pages.bus.answers["partnerships.read_pledge"] = {**PLEDGE, "centimes": 1_234_550}
    items = [{**row, **odd} for row in PACKAGES["items"]]
    pages.bus.answers["partnerships.list_packages"] = {**PACKAGES, "items": items}
    pages.sign_in("officer").get("/en/desk/partners/2017/p2/correction").send(
        website="https://new.example", reason="It moved"
    ).send()
    pages.get("/en/desk/partners/2017/packages/platinum").send(max_partners="2", reason="Agreed").send()
    assert pages.sent("correct_pledge")[0]["body"]["centimes"] == 1_234_550
    assert pages.sent("change_package")[0]["body"]["amount_centimes"] == 1_234_550


@pytest.mark.parametrize("path", DESK)
def test_a_member_has_no_desk(pages, path):
    assert pages.sign_in().get(f"/en{path}").status == 403
    assert pages.get("/en/me").all("//a[@href='/en/desk']") == []
