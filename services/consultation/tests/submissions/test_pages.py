"""Contributions on pages, without a broker: written, submitted, amended and withdrawn."""

import pytest
from wsis_shared.errors import Conflict, Invalid, NotFound

from ..page_answers import DRAFT, RECEIPT, SUBMISSION
from ..page_kit import each_language, in_each_language, site, sound

HERE = "/en/consultations/2017"
WRITE = f"{HERE}/submit?stakeholder_type=civil_society"
LINK = {"id": "ab" * 16, "key": "cd" * 20}
CHANGE = {"from_version": 1, "to_version": 2, "items": [{"path": "organization_name", "before": "A", "after": "B"}]}
OWN = "/me/submissions/2017/s1"
PAGES = ["/me", "/me/drafts/2017/d1", "/me/drafts/2017/d1/files", OWN, f"{OWN}/amendment"]


@pytest.fixture
def pages():
    return site(
        create_draft={**DRAFT, "answers": None},
        read_draft=DRAFT,
        open_draft=DRAFT,
        change_draft=DRAFT,
        remove_draft=None,
        submit=RECEIPT,
        read_submission=SUBMISSION,
        read_submission_difference=CHANGE,
        open_submission=NotFound("consultation.submission_unknown", ""),
        amend_submission=RECEIPT,
        withdraw_submission={**RECEIPT, "state": "withdrawn"},
        list_my_drafts={"items": [{**DRAFT, "id": "d1"}], "next": None},
        list_my_submissions={"items": [SUBMISSION], "next": None},
    )


@pytest.mark.parametrize("path", PAGES)
def test_a_page_shows_in_each_language(pages, path):
    in_each_language(pages.sign_in("member"), path)


@each_language
def test_the_form_is_for_everybody(pages, language):
    for query in ("", "?stakeholder_type=government", "?saved=d1"):
        shown = pages.get(f"/{language}/consultations/2017/submit{query}")
        sound(shown)
        assert shown.headers["cache-control"].startswith("public")
    sound(pages.get(f"/{language}/consultations/2017/submission"))


def test_the_form_asks_what_concerns_the_type(pages):
    types = pages.get(f"{HERE}/submit").all("//main//li/a/@href")
    assert WRITE in types
    kinds = {
        kind: pages.get(f"{HERE}/submit?stakeholder_type={kind}").all(
            "//select[@name='answers.requests.0.kind']/option/@value"
        )
        for kind in ("civil_society", "government")
    }
    assert ("speaking_slot" in kinds["government"], "speaking_slot" in kinds["civil_society"]) == (True, False)
    assert "speaking_slot" not in pages.get(WRITE).text("//main"), "what the type may not choose is no condition either"


def test_answers_are_saved_as_the_form_has_them(pages):
    shown = pages.get(WRITE)
    after = shown.send(
        **{
            "email": "ada@example.org",
            "answers.full_name": "Ada Umutoni",
            "answers.action_lines.": ["C2", "C7.e-health"],
            "answers.sdgs.": "4",
            "answers.requests.0.title": "Schools online",
            "answers.requests.0.speakers.0.name": "Grace",
            "answers.requests.0.co_organizers.0": "ITU",
        }
    )
    [saved] = pages.sent("create_draft")
    assert saved["body"]["email"] == "ada@example.org"
    assert saved["body"]["answers"] == {
        "full_name": "Ada Umutoni",
        "stakeholder_type": "civil_society",
        "action_lines": ["C2", "C7.e-health"],
        "sdgs": ["4"],
        "requests": [{"title": "Schools online", "speakers": [{"name": "Grace"}], "co_organizers": ["ITU"]}],
    }
    assert after.address == f"{HERE}/submit?saved=d1"
    assert "saved" in after.text("//*[@role='status']")


@pytest.mark.parametrize("typed", ["Кения", " кения ", "KE", "ke"])
def test_a_country_is_typed_by_its_title_from_one_list_for_the_whole_page(pages, typed):
    country = "answers.requests.0.speakers.0.country@countries"
    path = "/ru/consultations/2017/submit?stakeholder_type=civil_society"
    pages.bus.answers["consultation.create_draft"] = Invalid("consultation.answers_invalid", fields={"email": ["No."]})
    shown = pages.get(path)
    assert len(shown.all("//datalist")) == 1
    assert {"Кения", "Непал"} <= set(shown.all("//datalist[@id='countries']/option/@value"))
    again = shown.send(**{"answers.requests.0.title": "Школы", country: typed})
    assert pages.sent("create_draft")[0]["body"]["answers"]["requests"][0]["speakers"] == [{"country": "KE"}]
    assert again.tree.forms[0].fields[country] == "Кения"
    again.send(**{country: "Атлантида"})
    assert pages.sent("create_draft")[1]["body"]["answers"]["requests"][0]["speakers"] == [{"country": "Атлантида"}]


def test_what_does_not_fit_is_said_by_its_question_and_nothing_is_lost(pages):
    problems = {"answers.requests.0.title": ["Longer than maximum length 200."], "answers.sdgs": ["Not a list."]}
    pages.bus.answers["consultation.create_draft"] = Invalid("consultation.answers_invalid", fields=problems)
    shown = pages.get(WRITE).send(
        **{"answers.full_name": "Ada", "answers.requests.0.title": "Long", "answers.sdgs.": "4"}
    )
    assert shown.status == 422
    said = shown.all("//div[@role='alert']//a")
    assert [link.get("href") for link in said] == ["#save-answers.requests.0.title", "#save-answers.sdgs"]
    assert [link.text_content().partition(":")[0] for link in said] == [
        "Title",
        "Sustainable Development Goals concerned",
    ]
    assert all(shown.all(f"//*[@id='{link.get('href')[1:]}']") for link in said)
    fields = shown.tree.forms[0].fields
    assert (fields["answers.full_name"], fields["answers.requests.0.title"]) == ("Ada", "Long")
    assert shown.all("//input[@checked]/@value") == ["4"]


def test_a_draft_says_what_is_missing_and_is_submitted_when_nothing_is(pages):
    pages.sign_in("member")
    shown = pages.get("/en/me/drafts/2017/d1")
    assert "Short description" in shown.text("//main//ul")
    assert not shown.all("//button[text()='Submit the contribution']")
    assert shown.tree.forms[0].fields["answers.requests.0.title"] == "Schools online"
    assert shown.tree.forms[0].fields["answers.requests.0.id"] == "r1"
    assert shown.all("//input[@name='answers.requests.1.title']"), "an empty entry to go on with"
    shown.send(**{"answers.full_name": "Ada U."})
    [changed] = pages.sent("change_draft")
    assert (changed["draft"], changed["body"]["answers"]["full_name"]) == ("d1", "Ada U.")
    assert changed["body"]["base"].isoformat() == "2017-01-10T08:00:00+00:00"
    pages.bus.answers["consultation.read_draft"] = {**DRAFT, "missing": {}}
    ready = pages.get("/en/me/drafts/2017/d1")
    assert ready.tree.forms[0].fields["_form"] == "change", "one submits below the answers"
    check = ready.send(ready.form("Check and submit"))
    sound(check)
    assert "did not save" in check.text("//*[@role='status']")
    assert "Schools online" in check.text("//dl")
    assert pages.sent("submit") == []
    after = check.send(check.form("Submit the contribution"))
    assert pages.sent("submit")[0]["body"]["draft"] == "d1"
    assert after.address == "/en/me/submissions/2017/s1"
    assert "OCP-2017-0007" in after.text()


def test_a_draft_is_deleted_after_a_second_look(pages):
    shown = pages.sign_in("member").get("/en/me/drafts/2017/d1")
    check = shown.send(shown.form("Delete the draft"))
    assert pages.sent("remove_draft") == []
    assert check.send().address == "/en/me"
    assert len(pages.sent("remove_draft")) == 1


def test_a_contribution_is_read_amended_and_withdrawn(pages):
    shown = pages.sign_in("member").get("/en/me/submissions/2017/s1")
    assert "Schools online" in shown.text("//dl")
    assert "Organization name" in shown.text("//section[@aria-labelledby='versions']"), "what changed last"
    amend = pages.get(f"/en{OWN}/amendment")
    assert f"/en{OWN}/amendment" in shown.all("//section[@aria-labelledby='amend']//a/@href")
    assert amend.send(**{"answers.full_name": "Grace"}).address == f"/en{OWN}"
    [amended] = pages.sent("amend_submission")
    assert (amended["body"]["base"], amended["body"]["answers"]["full_name"]) == (2, "Grace")
    check = shown.send(shown.form("Withdraw the contribution"))
    assert pages.sent("withdraw_submission") == []
    check.send()
    assert len(pages.sent("withdraw_submission")) == 1


@each_language
@pytest.mark.parametrize("by_link", [False, True], ids=["signed in", "by link"])
def test_what_another_window_amended_is_replaced_on_purpose_alone(pages, language, by_link):
    pages.bus.answers["consultation.open_submission"] = SUBMISSION
    pages.bus.answers["consultation.open_draft"] = NotFound("consultation.draft_unknown", "")
    if by_link:
        shown = pages.get(f"/{language}/consultations/2017/submission").send(id=LINK["id"], key=LINK["key"])
        shown = shown.send(shown.form_named("amending"))
        sound(shown)
    else:
        shown = pages.sign_in("member").get(f"/{language}{OWN}/amendment")

    def amend(arguments):
        return RECEIPT if arguments["body"]["base"] == 3 else Conflict("consultation.version_changed", version=3)

    now = {**SUBMISSION, "version": 3, "answers": {**SUBMISSION["answers"], "organization_name": "Autre réseau"}}
    answers = dict.fromkeys(("read_submission", "open_submission"), now) | {"amend_submission": amend}
    pages.bus.answers |= {f"consultation.{name}": answer for name, answer in answers.items()}
    for _ in range(2):
        shown = shown.send(shown.form_named("amend"), **{"answers.full_name": "Grace"})
        assert (shown.status, shown.all("//input[@name='answers.full_name']/@value")) == (409, ["Grace"])
        assert "Autre réseau" in shown.text("//dl"), "what is stored now stands above"
    [box] = shown.all("//input[@type='checkbox' and @name='base']/@value")
    assert shown.send(shown.form_named("amend"), base=["2", box]).status == 200
    assert [each["body"]["base"] for each in pages.sent("amend_submission")] == [2, 2, 3]


# -- by the link of a mail ---------------------------------------------------------------------------------------------


def opened(pages):
    return pages.get(f"{HERE}/submission").send(id=LINK["id"], key=LINK["key"])


def test_a_draft_that_was_saved_elsewhere_is_replaced_only_by_who_says_so(pages):
    pages.sign_in("member")
    shown = pages.get("/en/me/drafts/2017/d1")
    later = "2017-01-11T08:00:00Z"
    pages.bus.answers |= {
        "consultation.change_draft": Conflict("consultation.draft_changed", "", saved_at=later),
        "consultation.read_draft": {**DRAFT, "saved_at": later},
    }
    refused = shown.send(**{"answers.full_name": "Ada U."})
    assert refused.status == 409
    assert refused.tree.forms[0].fields["answers.full_name"] == "Ada U."
    pages.bus.answers["consultation.change_draft"] = DRAFT
    refused.send(base=refused.all("//input[@type='checkbox'][@name='base']/@value")[0])
    assert pages.sent("change_draft")[-1]["body"]["base"].isoformat() == "2017-01-11T08:00:00+00:00"


def test_the_link_of_a_mail_opens_a_draft(pages):
    pages.bus.answers["consultation.open_draft"] = {**DRAFT, "missing": {}}
    shown = opened(pages)
    assert shown.tree.forms[0].fields["answers.full_name"] == "Ada Umutoni"
    assert shown.address == f"{HERE}/submission", "the key stands in no address"
    saved = shown.send(shown.form("Save the draft"), **{"answers.full_name": "Grace"})
    [changed] = pages.sent("change_draft")
    assert (changed["draft"], changed["body"]["key"]) == (LINK["id"], LINK["key"])
    assert changed["body"]["answers"]["full_name"] == "Grace"
    assert pages.sent("submit") == pages.sent("amend_submission") == [], "nothing else was sent with it"
    check = saved.send(saved.form("Check and submit"))
    sound(check)
    assert ("did not save" in check.text(), "Schools online" in check.text("//dl")) == (True, True)
    assert pages.sent("submit") == []
    back = check.send(check.form("Back"))
    assert back.tree.forms[0].fields["answers.full_name"] == "Ada Umutoni"
    pages.bus.answers |= {
        "consultation.open_submission": SUBMISSION,
        "consultation.open_draft": NotFound("consultation.draft_unknown", ""),
    }
    after = check.send(check.form("Submit the contribution"))
    [submitted] = pages.sent("submit")
    assert (submitted["body"]["draft"], submitted["body"]["key"]) == (LINK["id"], LINK["key"])
    assert (after.status, "OCP-2017-0007" in after.text()) == (200, True)


def test_the_link_opens_the_contribution_that_the_draft_became(pages):
    pages.bus.answers |= {
        "consultation.open_submission": SUBMISSION,
        "consultation.open_draft": NotFound("consultation.draft_unknown", ""),
    }
    shown = opened(pages)
    assert (shown.status, shown.all("//div[@role='alert']")) == (200, [])
    assert "OCP-2017-0007" in shown.text()
    pages.bus.answers["consultation.amend_submission"] = Conflict("consultation.submissions_closed", "")
    amend = shown.send(shown.form_named("amending"))
    refused = amend.send(amend.form_named("amend"), **{"answers.full_name": "Grace"})
    assert (refused.status, "closed" in refused.text("//div[@role='alert']")) == (409, True)
    assert refused.all("//input[@name='answers.full_name']/@value") == ["Grace"]
    shown = refused.send(refused.form("Back"))
    check = shown.send(shown.form("Withdraw the contribution"))
    assert pages.sent("withdraw_submission") == []
    check.send()
    [withdrawn] = pages.sent("withdraw_submission")
    assert (withdrawn["submission"], withdrawn["body"]["key"]) == (LINK["id"], LINK["key"])


def test_a_link_that_opens_nothing_says_so(pages):
    pages.bus.answers["consultation.find_similar_of_draft"] = NotFound("consultation.draft_unknown", "")
    pages.bus.answers["consultation.open_draft"] = NotFound("consultation.draft_unknown", "")
    shown = opened(pages)
    assert (shown.status, "no such draft" in shown.text("//div[@role='alert']")) == (404, True)
