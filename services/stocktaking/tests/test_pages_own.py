"""The pages of owners: drafts, their submission, saved searches; without a broker."""

import pytest
from wsis_shared.errors import Conflict, Invalid
from wsis_shared.schemas import LOCALES
from wsis_testkit.pages import Pages

from .page_kit import DRAFT, OWN, OWN_ENTRY, OWN_PATHS, REPORT


@pytest.fixture
def pages():
    return Pages(OWN, "stocktaking").sign_in()


@pytest.mark.parametrize("language", LOCALES)
def test_each_page_shows_in_each_language(pages, language):
    for path in OWN_PATHS:
        shown = pages.get(f"/{language}{path}")
        assert (shown.status, len(shown.all("//h1"))) == (200, 1), path
        assert "None" not in shown.text(), path


def test_my_page_lists_entries_with_what_became_of_them(pages):
    text = pages.get("/en/me").text("//section")
    assert "Redes comunitarias returned" in text
    assert "Entry without a title draft" in text


def test_my_entries_are_a_file(pages):
    pages.bus.answers["stocktaking.record_export"] = None
    rows = pages.workbook("/en/me/entries", "entries")
    assert "Redes comunitarias" in [row["title"] for row in rows]


def test_why_an_entry_was_returned_stands_on_top(pages):
    shown = pages.get("/en/me/entries/e1")
    assert shown.text("(//div[contains(@class, 'notice wrong')])").endswith("Please name the countries.")


def test_a_draft_begins_with_its_title_in_the_language_of_the_page(pages):
    shown = pages.get("/fr/me/entries/new").send(0, **{"content.title.fr": "Réseaux", "content.organization.name": ""})
    [body] = pages.bodies("create_entry")
    assert (body["content"]["title"], body["content"]["original_language"]) == ({"fr": "Réseaux"}, "fr")
    assert shown.address == "/fr/me/entries/e1"


def test_a_draft_that_is_saved_as_it_was_loses_nothing(pages):
    shown = pages.get("/en/me/entries/e1")
    done = shown.send(shown.form_named("save"))
    [body] = pages.bodies("change_own_entry")
    content = body["content"]
    assert {name: content[name] for name in DRAFT if name != "links"} == {
        name: DRAFT[name] for name in DRAFT if name != "links"
    }
    assert [row["url"] for row in content["links"]] == [row["url"] for row in DRAFT["links"]]
    assert (body["version"], body["contact"]) == (5, OWN_ENTRY["contact"])
    assert "The draft is saved." in done.text()


def test_boxes_and_lines_of_a_draft_arrive_as_lists(pages):
    shown = pages.get("/en/me/entries/e1")
    fields = {
        "content.sdgs": ["3", "4"],
        "content.countries": ["PE", "KE"],
        "content.keywords": ["redes", "", "salud"],
        "content.action_lines.0.line": "C1",
        "contact.name": "",
        "contact.email": "",
    }
    shown.send(shown.form_named("save"), **fields)
    [body] = pages.bodies("change_own_entry")
    content = body["content"]
    assert (content["sdgs"], content["countries"], content["keywords"]) == ([3, 4], ["PE", "KE"], ["redes", "salud"])
    assert [row["line"] for row in content["action_lines"]] == ["C1", "C2", "C7.e-health"]
    assert body["contact"] is None, "nobody is named"


def test_what_is_wrong_with_a_draft_stands_at_its_field_and_nothing_is_lost(pages):
    shown = pages.get("/en/me/entries/e1")
    back = shown.send(
        shown.form_named("save"), **{"content.organization.website": "no address", "content.title.es": "Otra <b>"}
    )
    assert back.status in (400, 422)
    assert back.text("//title").startswith("Error:")
    [href] = back.all("//div[@role='alert']//a/@href")
    assert href == "#save-content.organization.website"
    assert back.text("//textarea[@name='content.title.es']") == "Otra <b>"
    assert "PE" in back.all("//input[@name='content.countries' and @checked]/@value")


def changed_by_somebody_else(pages, method):
    """The next form finds version 6 in place of the one that was read."""

    def change(arguments):
        return OWN_ENTRY if arguments["body"]["version"] == 6 else Conflict("stocktaking.entry_changed")

    pages.bus.answers["stocktaking.read_own_entry"] = OWN_ENTRY | {"version": 6}
    pages.bus.answers[f"stocktaking.{method}"] = change


@pytest.mark.parametrize("language", LOCALES)
def test_a_draft_that_somebody_else_changed_is_replaced_on_purpose_alone(pages, language):
    shown = pages.get(f"/{language}/me/entries/e1")
    changed_by_somebody_else(pages, "change_own_entry")
    for _ in range(3):
        shown = shown.send(shown.form_named("save"), **{"content.title.es": "Mine"})
        assert (shown.status, shown.text("//textarea[@name='content.title.es']")) == (409, "Mine")
    assert [body["version"] for body in pages.bodies("change_own_entry")] == [5, 5, 5]
    assert shown.all("//form//a[@target='_blank']/@href") == [f"/{language}/me/entries/e1"], "what is stored now"
    assert not shown.all("//section[@aria-labelledby='submit']"), "what was typed is not saved"
    [box] = shown.all("//input[@type='checkbox' and @name='version']")
    assert shown.all(f"//label[@for='{box.get('id')}']")
    saved = shown.send(shown.form_named("save"), version=["5", box.get("value")])
    assert (saved.status, pages.bodies("change_own_entry")[-1]["content"]["title"]["es"]) == (200, "Mine")


@pytest.mark.parametrize(("form", "method"), [("withdraw", "withdraw_own_entry"), ("submit", "submit_own_entry")])
def test_what_somebody_else_changed_is_read_before_it_goes(pages, form, method):
    shown = pages.get("/en/me/entries/e1")
    changed_by_somebody_else(pages, method)
    for _ in range(2):
        shown = shown.send(shown.form_named(form)).send(0)
        assert shown.status == 409
    [box] = shown.all("//input[@type='checkbox' and @name='version']/@value")
    assert shown.send(shown.form_named(form), version=["5", box]).send(0).status == 200
    assert [body["version"] for body in pages.bodies(method)] == [5, 5, 6]


def test_a_draft_that_is_wrong_is_mended_without_a_box(pages):
    shown = pages.get("/en/me/entries/e1")
    back = shown.send(shown.form_named("save"), **{"content.organization.website": "no address"})
    assert not back.all("//input[@type='checkbox' and @name='version']")


def test_a_draft_says_what_it_lacks_with_a_link_to_the_field(pages):
    pages.bus.answers["stocktaking.read_own_entry"] = OWN_ENTRY | {
        "missing": {"content.kind": ["Missing data for required field."]}
    }
    shown = pages.get("/en/me/entries/e1")
    assert shown.all("//section[@aria-labelledby='missing']//a/@href") == ["#save-content.kind"]
    assert shown.all("//*[@id='save-content.kind']")
    assert "Submit for review" not in shown.text(), "it cannot be submitted yet"


def test_duplicates_are_shown_before_an_entry_is_submitted(pages):
    shown = pages.get("/en/me/entries/e1")
    check = shown.send(shown.form_named("submit"))
    assert not pages.bodies("submit_own_entry")
    assert "82 of 100 alike probably the same" in check.text()
    done = check.send(0)
    assert pages.bodies("submit_own_entry") == [{"version": 5, "licence": None}]
    assert "Your entry is submitted." in done.text()


def test_a_submission_that_is_refused_says_why(pages):
    pages.bus.answers["stocktaking.submit_own_entry"] = Invalid(
        "stocktaking.entry_incomplete", fields={"content.kind": ["Missing data for required field."]}
    )
    shown = pages.get("/en/me/entries/e1")
    back = shown.send(shown.form_named("submit")).send(0)
    assert "The draft is not complete" in back.text("//div[@role='alert']") or "Kind of activity" in back.text()


@pytest.mark.parametrize(("form", "method"), [("withdraw", "withdraw_own_entry"), ("discard", "discard_own_draft")])
def test_what_is_final_is_asked_once_more(pages, form, method):
    shown = pages.get("/en/me/entries/e1")
    check = shown.send(shown.form_named(form))
    assert not [name for name, _, _ in pages.bus.calls if name.endswith(method)]
    assert check.send(0).status == 200
    assert [name for name, _, _ in pages.bus.calls if name.endswith(method)]


def test_a_submitted_entry_can_be_taken_back(pages):
    pages.bus.answers["stocktaking.read_own_entry"] = OWN_ENTRY | {"state": "submitted"}
    shown = pages.get("/en/me/entries/e1")
    assert len(shown.tree.forms) == 1, "nothing else can be done with it"
    shown.send(0)
    assert [name for name, _, _ in pages.bus.calls if name.endswith("take_back_own_entry")]


def test_a_search_is_saved_as_it_stands_in_the_address(pages):
    shown = pages.get("/en/me/searches/new?q=health&sdg=3,9")
    assert "3 · Good health and well-being" in shown.text()
    done = shown.send(0, name="Mine", mail="daily")
    [body] = pages.bodies("save_search")
    assert (body["name"], body["mail"]) == ("Mine", "daily")
    assert {name: value for name, value in body["query"].items() if value} == {"q": "health", "sdg": ["3", "9"]}
    assert "The search is saved." in done.text()


def test_a_saved_search_leads_to_its_entries_and_keeps_its_query(pages):
    shown = pages.get("/en/me/searches/s1")
    assert "/en/register?q=health&sdg=3,9" in shown.all("//main//a/@href")
    shown.send(0, mail="none")
    [body] = pages.bodies("change_saved_search")
    assert (body["mail"], body["query"]["sdg"]) == ("none", ["3", "9"])


def test_a_saved_search_is_deleted_by_two_presses(pages):
    check = pages.get("/en/me/searches/s1").send(1)
    removed = "stocktaking.remove_saved_search"
    assert removed not in [name for name, *_ in pages.bus.calls]
    assert check.send().address == "/en/me/entries"
    assert removed in [name for name, *_ in pages.bus.calls]


def test_that_a_search_was_saved_does_not_stand_beside_an_error(pages):
    shown = pages.get("/en/me/searches/s1?saved=yes")
    refused = shown.send(0, name="")
    assert (len(shown.all("//div[@role='status']")), refused.all("//div[@role='status']")) == (1, [])
    assert pages.get("/en/me/searches/s1?saved=1").all("//div[@role='status']") == []


# -- the link in a mail about a saved search ---------------------------------------------------------------------------

STOP = "/searches/s1/unsubscribe/k1"


@pytest.fixture
def reader():
    """Whoever has the mail, without a session."""
    pages = Pages(OWN, "stocktaking")
    mails = {"name": "Health in the Andes", "mail": "daily"}

    def stop(_arguments):
        mails["mail"] = "none"
        return mails

    pages.bus.answers |= {
        "stocktaking.read_unsubscription": lambda _arguments: mails,
        "stocktaking.unsubscribe_saved_search": stop,
    }
    return pages


@pytest.mark.parametrize("language", LOCALES)
def test_the_mails_of_a_search_stop_by_one_press_and_not_by_opening_the_link(reader, language):
    shown = reader.get(f"/{language}{STOP}")
    assert shown.text("//h1") == "Health in the Andes"
    assert [name for name, _, _ in reader.bus.calls] == ["stocktaking.read_unsubscription"]
    done = shown.send(0)
    [arguments] = [call[1] for call in reader.bus.calls if call[0] == "stocktaking.unsubscribe_saved_search"]
    assert {"search": "s1", "code": "k1"}.items() <= arguments.items()
    assert done.all("//div[@role='status']")
    assert not done.all("//main//form")


def test_the_old_addresses_of_pages_lead_browsers_to_those_of_the_site(reader):
    browser = {"Accept": "text/html", "Accept-Language": "fr"}
    reader.bus.answers |= {"stocktaking.read_report": REPORT}
    shown = reader.get("/v1/saved-searches/s1/unsubscription/k1", **browser)
    assert (shown.all("/html/@lang"), shown.text("//h1")) == (["fr"], "Health in the Andes")
    assert "Global report" in reader.get("/v1/stocktaking-reports/global-2016-1.0/page", **browser).text("//h1")
