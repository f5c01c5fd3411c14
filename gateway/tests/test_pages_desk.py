"""The officers' desk: what waits in each service, for those who may work on it."""

import re

import pytest
from wsis_shared.errors import Unavailable
from wsis_shared.plugin import discover
from wsis_shared.schemas import LOCALES
from wsis_testkit.pages import Pages

from wsis_gateway import routing
from wsis_gateway.web import desk, operators

SUITE = routing.operations(discover())[1]
STAFF_PAGES = [
    page
    for page in (*desk.PAGES, *operators.pages(SUITE), *(page for plugin in SUITE for page in plugin.pages))
    if page.path.startswith("/desk") or page.menu.startswith("desk:")
]

ENTRY = {"code": "entries", "title": "Entries to review", "count": 12, "oldest_at": "2017-03-01T12:00:00Z"}
NONE = {"code": "duplicates", "title": "Probable duplicates", "count": 0, "oldest_at": None, "page": None}
PROPOSAL = {
    "code": "proposals",
    "title": "Acts that need a second officer",
    "count": 1,
    "oldest_at": "2017-03-02T12:00:00Z",
    "page": "/me/sessions",
}


@pytest.fixture
def pages():
    return Pages(
        {
            "stocktaking.list_waiting": {"items": [{**ENTRY, "page": "/desk/no-such-page"}, NONE]},
            "accounts.list_waiting": {"items": [PROPOSAL]},
            "prizes.list_waiting": {"items": [NONE]},
        },
        "accounts",
        "stocktaking",
        "prizes",
        "voting",
    )


def panel(shown, heading):
    return f"//section[h2[text()='{heading}']]"


def test_what_waits_how_much_and_since_when(pages):
    shown = pages.sign_in("officer").get("/en/desk")
    assert (shown.status, shown.text("//h1")) == (200, "Desk")
    assert shown.text(panel(shown, "WSIS Stocktaking") + "//li").startswith(
        "12 Entries to review Oldest waits since 1 March 2017"
    )
    assert "Probable duplicates" not in shown.text()
    assert "Nothing waits here." in shown.text(panel(shown, "WSIS Prizes"))


def test_one_press_leads_to_the_oldest_where_there_is_a_page(pages):
    shown = pages.sign_in("officer").get("/fr/desk")
    links = shown.all("//ul[@class='queues']//a")
    assert [(each.text, each.get("href")) for each in links] == [(PROPOSAL["title"], "/fr/me/sessions")]


def test_a_service_that_is_away_leaves_its_figures_out(pages):
    pages.bus.answers["stocktaking.list_waiting"] = Unavailable("made.up", "")
    shown = pages.sign_in("officer").get("/en/desk")
    assert shown.status == 200
    assert PROPOSAL["title"] in shown.text()
    assert "Nothing waits" not in shown.text(panel(shown, "WSIS Stocktaking"))


def test_it_is_for_staff(pages):
    assert pages.get("/en/desk").text("//h1") == "Sign in"
    shown = pages.sign_in().get("/en/desk")
    assert (shown.status, shown.all("//a[@href='/en/desk']")) == (403, [])
    assert pages.get("/en/me").all("//a[@href='/en/desk']") == []


@pytest.fixture(scope="module")
def member():
    """Signed in, where every service has its pages."""
    return Pages({}, *(plugin.name for plugin in SUITE)).sign_in("member")


@pytest.mark.parametrize("page", STAFF_PAGES, ids=lambda page: page.path)
def test_each_page_of_each_service_on_it_is_for_staff(page, member):
    assert member.get("/en" + re.sub(r"\{\w+\}", "prizes", page.path)).status == 403
    assert member.get("/en/me").all("//a[@href='/en/desk']") == []


def test_a_link_in_the_menu_leads_staff_to_it(pages):
    pages.sign_in("officer")
    assert len(pages.get("/en/me").all("//header//a[@href='/en/desk']")) == 1
    assert pages.get("/en/prizes").all("//a[@href='/en/desk']") == [], "a public page is the same for all"


JOB = {
    "service": "prizes",
    "kind": "publish_list",
    "title": "Publishes the nominees",
    "progress": {"done": 3, "total": 9, "note": ""},
    "result": None,
    "error": None,
    "cancel_requested": False,
    "requested_by": "o1",
    "created_at": "2017-03-01T09:00:00Z",
    "started_at": None,
    "finished_at": None,
    "updated_at": "2017-03-01T09:00:00Z",
    "expires_at": None,
}
LETTER = {
    "queue": "commands.accounts",
    "reason": "poison message",
    "at": "2017-03-01T09:00:00Z",
    "message_id": "m1",
    "type": "vote",
    "size": 12,
    "redacted": "{}",
}
LETTERS = "/en/desk/dead-letters"


@pytest.fixture
def operator(pages):
    pages.bus.answers |= {
        "prizes.list_jobs": {
            "items": [{**JOB, "id": f"prizes.{state}", "state": state} for state in ("succeeded", "running")],
            "next": None,
        },
        "prizes.cancel_job": {**JOB, "id": "prizes.running", "state": "cancelled"},
        "accounts.list_dead_letters": {
            "items": [{**LETTER, "id": f"accounts.{number}"} for number in (1, 2)],
            "next": None,
            "total": 2,
        },
        "voting.list_dead_letters": {"items": [], "next": None, "total": 0},
        "accounts.requeue_dead_letters": {"count": 1},
    }
    return pages.sign_in("operator")


def test_jobs_of_all_services_stand_together_what_runs_first(operator):
    shown = operator.get("/en/desk/jobs")
    assert [each.text_content() for each in shown.all("//tbody//td[1]/strong")] == ["running", "succeeded"]
    check = shown.send()
    assert "a step that is running ends first" in check.text()
    check.send()
    [arguments] = operator.sent("prizes.cancel_job")
    assert arguments["job"] == "prizes.running"


def test_a_job_that_failed_says_why(operator):
    error = {"code": "suite.job_crashed", "params": {}}
    operator.bus.answers["prizes.list_jobs"]["items"] = [{**JOB, "id": "prizes.1", "state": "failed", "error": error}]
    assert "failed This job could not be completed" in operator.get("/en/desk/jobs").text("//tbody")


def test_a_job_has_a_page_which_follows_it_until_its_end(operator):
    running = {**JOB, "id": "prizes.running", "state": "running", "progress": {"done": 3, "total": 9, "note": "C4"}}
    operator.bus.answers["prizes.read_job"] = running
    [address] = operator.get("/en/desk/jobs").all("//tbody/tr[1]/th/a/@href")
    assert address == "/en/desk/jobs/prizes/prizes.running"
    shown = operator.get(str(address))
    assert "Publishes the nominees: running · 3 / 9" in shown.text("//div[@role='status']")
    assert "C4" in shown.text("//dl")
    assert shown.all("//*[@data-live]/@data-live") == [f"{address}?live=1"]
    check = shown.send()
    assert ("a step that is running ends first" in check.text(), check.all("//*[@data-live]")) == (True, [])
    operator.bus.answers["prizes.read_job"] = {**running, "state": "cancelled", "finished_at": running["created_at"]}
    ended = check.send()
    assert (ended.address, "cancelled" in ended.text("//div[@role='status']")) == (address, True)
    assert (ended.all("//*[@data-live]"), ended.tree.forms) == ([], [])
    assert [arguments["job"] for arguments in operator.sent("prizes.cancel_job")] == ["prizes.running"]


def test_a_job_whose_end_was_asked_for_is_not_asked_twice(operator):
    asked = {**JOB, "id": "prizes.running", "state": "running", "cancel_requested": True}
    operator.bus.answers["prizes.read_job"] = asked
    shown = operator.get("/ar/desk/jobs/prizes/prizes.running")
    assert (shown.tree.forms, len(shown.all("//*[@data-live]"))) == ([], 1)


def paged(row):
    """A list of two pages, by `after`."""

    def answer(sent):
        last = sent["after"] == "c 1"
        assert last or sent["after"] is None
        return {
            "items": [{**row, "id": f"{row['id']}.{2 if last else 1}"}],
            "next": None if last else "c 1",
            "total": 2,
        }

    return answer


@pytest.mark.parametrize("language", LOCALES)
def test_older_jobs_of_a_service_are_one_press_away(operator, language):
    operator.bus.answers["prizes.list_jobs"] = paged({**JOB, "id": "prizes", "state": "running"})
    [of_prizes] = operator.get(f"/{language}/desk/jobs").all("//main//a[@class='more']/@href")
    assert of_prizes == f"/{language}/desk/jobs/prizes"
    [further] = operator.get(str(of_prizes)).all("//a[@rel='next']/@href")
    last = operator.get(further)
    assert last.all("//nav[@class='pager']/a/@href") == [of_prizes], "back to the first"
    assert last.send().send().address == of_prizes
    [cancelled] = operator.sent("prizes.cancel_job")
    assert cancelled["job"] == "prizes.2"


def test_dead_letters_have_pages(operator):
    operator.bus.answers["accounts.list_dead_letters"] = paged({**LETTER, "id": "accounts"})
    [further] = operator.get(f"{LETTERS}/accounts?done=1").all("//a[@rel='next']/@href")
    assert "done" not in further
    last = operator.get(further)
    assert last.all("//nav[@class='pager']/a/@href") == [f"{LETTERS}/accounts"]
    missing = last.send(ids="accounts.2")
    assert (missing.status, missing.all("//input[@name='ids']/@value")) == (422, ["accounts.2"]), "it stays on its page"


def test_dead_letters_are_counted_by_service(operator):
    shown = operator.get(LETTERS)
    assert shown.text("//ul[@class='tasks']") == "accounts 2 voting 0"


def test_chosen_dead_letters_return_to_their_queues(operator):
    shown = operator.get(f"{LETTERS}/accounts")
    check = shown.send(_form="requeue", ids="accounts.2", reason="The service runs again")
    assert "1 message returns to its queue" in check.text()
    assert check.send().text("//div[@role='status']") == "Done."
    assert operator.get(f"{LETTERS}/accounts?done=9999").all("//div[@role='status']") == []
    [sent] = operator.sent("accounts.requeue_dead_letters")
    assert sent["body"] == {"ids": ["accounts.2"], "queue": None, "reason": "The service runs again"}


@pytest.mark.parametrize(
    "path",
    [
        "/desk/jobs",
        "/desk/jobs/prizes",
        "/desk/jobs/prizes/prizes.1",
        "/desk/dead-letters",
        "/desk/dead-letters/accounts",
    ],
)
def test_these_are_for_operators(operator, path):
    operator.bus.answers["prizes.read_job"] = {**JOB, "id": "prizes.1", "state": "running"}
    assert operator.get(f"/en{path}").status == 200
    assert operator.sign_in("officer").get(f"/en{path}").status == 403
    assert operator.get("/en/desk").all(f"//a[@href='/en{path}']") == []
