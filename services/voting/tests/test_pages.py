"""The pages of a voter, without a broker: from the ballot to the receipt."""

from urllib.parse import urlencode

import pytest
from wsis_shared.errors import Conflict, NotFound, Unavailable
from wsis_shared.schemas import LOCALES
from wsis_shared.translations import by_language
from wsis_testkit.pages import Pages

from wsis_voting.public_log.rules.leaves import REASONS
from wsis_voting.public_log.rules.receipt_states import STATES, state_rows

RECEIPT = {
    "v": 1,
    "edition": "2017",
    "category": "C1",
    "commitment": "5f" * 32,
    "logged_by": "2017-04-30T20:05:00Z",
    "key_id": "ab" * 8,
    "signature": "cd" * 64,
}
BALLOT = {
    "edition": "2017",
    "done": 1,
    "of": 3,
    "complete": False,
    "excluded": None,
    "message": "1 of 3: your votes do not count yet.",
    "state": "open",
    "order": 5,
    "voted": [{"category": "C1", "project": "p1", "receipt": RECEIPT}],
    "missing": ["C2", "C3"],
    "opens_at": "2017-03-15T08:00:00Z",
    "closes_at": "2017-04-30T21:00:00Z",
}
NOMINEES = [
    {"project": f"p{number}", "title": f"Project {number}", "organization": "Org", "country": "KE", "language": "en"}
    for number in (1, 2)
]
VOTE = "/en/editions/2017/vote/C2"
RECEIPTS = "/en/editions/2017/receipts"


@pytest.fixture
def pages():
    pages = Pages(
        {
            "prizes.list_editions": {"items": [{"edition": "2017", "title": "WSIS Prizes 2017"}], "next": None},
            "prizes.list_nominees": {"items": NOMINEES, "next": None, "edition": "2017", "order": 5},
            "prizes.read_nominee": NOMINEES[0],
            "voting.read_ballot": BALLOT,
            "voting.read_voting": {"edition": "2017", "state": "open"},
            "voting.read_receipt": {"commitment": "5f" * 32, "state": "logged", "index": 1, "size": 2},
        }
    )

    def cast(arguments):
        sent = arguments["body"]
        voted = [*BALLOT["voted"], {**sent, "receipt": {**RECEIPT, "category": sent["category"]}}]
        pages.bus.answers["voting.read_ballot"] = {**BALLOT, "voted": voted, "missing": ["C3"], "done": 2}
        return {**BALLOT, **sent, "repeated": False, "receipt": RECEIPT}

    pages.bus.answers["voting.cast"] = cast
    return pages.sign_in()


def casts(pages):
    return [(arguments["body"], ctx) for name, arguments, ctx in pages.bus.calls if name == "voting.cast"]


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize(
    "path",
    [
        "/me",
        "/editions/2017/vote",
        "/editions/2017/vote?stored=C1",
        "/editions/2017/vote?stored=C2",
        "/editions/2017/vote/C1",
        "/editions/2017/vote/C2",
        "/editions/2017/receipts",
        "/editions/2017/receipts?commitment=" + "5f" * 32,
    ],
)
def test_a_page_shows_in_each_language(pages, path, language):
    shown = pages.get(f"/{language}{path}")
    assert shown.status == 200, shown.text()
    assert len(shown.all("//h1")) == 1
    assert "None" not in shown.text()


def test_ones_own_page_has_each_ballot_whose_voting_is_on(pages):
    editions = [{"edition": str(year), "title": f"WSIS Prizes {year}", "current": []} for year in (2019, 2018, 2017)]
    editions[1]["current"] = ["public_voting"]

    def ballot(arguments):
        return {**BALLOT, **arguments, "state": "open" if arguments["edition"] == "2018" else "not_open"}

    pages.bus.answers |= {"prizes.list_editions": {"items": editions, "next": None}, "voting.read_ballot": ballot}
    own = "//section[starts-with(@aria-labelledby, 'ballot')]"
    shown = pages.get("/en/me")
    assert shown.texts(f"{own}//h2") == ["My ballot: WSIS Prizes 2018"], "the next edition is there already"
    assert BALLOT["message"] in shown.text(own)
    assert shown.texts(f"{own}//a[@href='/en/editions/2018/vote']") == ["Vote now"]


def test_a_voter_votes_and_goes_on_to_the_next_category(pages):
    ballot = pages.get("/en/editions/2017/vote")
    assert "1 of 3: your votes do not count yet." in ballot.text()
    vote = pages.get(VOTE)
    check = vote.send(project="p2")
    assert (check.text("//h1"), "Project 2" in check.text()) == ("Check your vote", True)
    assert casts(pages) == [], "nothing is sent before the check"
    stored = check.send()
    assert stored.address == "/en/editions/2017/vote?stored=C2"
    assert "Your vote is stored" in stored.text("//*[@role='status']")
    assert "5f" * 32 in stored.text("//*[@role='status']")
    assert "/en/editions/2017/vote/C3" in stored.all("//a[contains(@class, 'button')]/@href")
    [(body, _)] = casts(pages)
    assert body == {"category": "C2", "project": "p2"}


def test_the_ballot_has_all_receipts_in_full(pages):
    logged = [{"category": f"C{n}", "project": "p1", "receipt": {**RECEIPT, "commitment": f"{n}" * 64}} for n in (1, 2)]
    waits = {"category": "C3", "project": "p1", "receipt": None}
    pages.bus.answers["voting.read_ballot"] = {**BALLOT, "voted": [*logged, waits], "missing": []}
    shown = pages.get("/en/editions/2017/vote")
    cells = shown.texts("//details[@class='printed']//td")
    assert cells == ["1" * 64, "2" * 64, "Accepted, not yet in the log"]
    assert len(shown.all("//details[@class='printed']//th[@scope='row']")) == 3


def test_nominees_stand_in_the_voters_own_order(pages):
    pages.get(VOTE)
    [sent] = pages.sent("prizes.list_nominees")
    assert (sent["order"], sent["category"]) == (5, "C2")


def test_a_category_with_more_nominees_than_a_page_has_pages(pages):
    more = {"items": NOMINEES, "next": "c 1", "edition": "2017", "order": 5}
    pages.bus.answers["prizes.list_nominees"] = more
    shown = pages.get(VOTE)
    assert "The nominees stand on several pages" in shown.text()
    [following] = shown.all("//a[@rel='next']/@href")
    pages.bus.answers["prizes.list_nominees"] = lambda sent: {**more, "next": None} if sent["after"] == "c 1" else more
    shown = pages.get(following)
    assert shown.all("//nav[@class='pager']/a/@href") == [VOTE], "back to the first"
    check = shown.send(project="p2")
    assert (check.status, check.text("//h1")) == (200, "Check your vote")


def test_who_chooses_nobody_is_told_so(pages):
    shown = pages.get(VOTE).send()
    assert shown.status == 422
    [link] = shown.all("//div[@role='alert']//a/@href")
    assert shown.all(f"//*[@id='{link[1:]}']"), "the link leads to the choice"


SENT = "/editions/2017/vote?stored={}&command=" + "0a" * 16


def decide(pages, *votes):
    """What is known of the command."""
    decided = {**BALLOT, "state": "decided" if votes else "pending", "command": "0a" * 16, "votes": list(votes)}
    pages.bus.answers["voting.read_outcome"] = decided


def refused(code, category="C2"):
    return {"category": category, "result": "refused", "code": code, "receipt": None}


def test_a_vote_that_takes_longer_leads_to_its_outcome(pages):
    def accept(_service, call, payload, ctx, **_):
        pages.bus.calls.append((call, payload, ctx))
        return False, None

    pages.bus.command = accept
    decide(pages)
    shown = pages.get(VOTE).send(project="p2").send()
    [(asked, _)] = [(arguments, ctx) for name, arguments, ctx in pages.bus.calls if name == "voting.read_outcome"]
    assert shown.address == f"/en/editions/2017/vote?stored=C2&command={asked['command']}"
    assert "not stored yet" in shown.text("//*[@role='status']")
    assert shown.all("//*[@role='status']//a/@href") == [shown.address], "look again"


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("category", ["C1", "C2"])
@pytest.mark.parametrize("code", ["voting.closed", "voting.category_already_voted", "voting.of_a_later_version"])
def test_a_vote_that_is_refused_later_is_said_to_be(pages, language, category, code):
    decide(pages, refused(code, category))
    said = pages.get(f"/{language}{SENT.format(category)}").text("//*[@role='status']")
    titles = by_language("wsis_voting", "errors")[language]
    assert said.startswith(by_language("wsis_voting", "pages")[language]["vote_refused"])
    assert said.endswith(titles.get(code, code))


@pytest.mark.parametrize("language", LOCALES)
def test_a_vote_that_nobody_decided_on_is_not_said_to_be_stored(pages, language):
    texts = by_language("wsis_voting", "pages")[language]
    for outcome in ("pending", "away"):
        decide(pages)
        if outcome == "away":
            del pages.bus.answers["voting.read_outcome"]
        assert pages.get(f"/{language}{SENT.format('C2')}").text("//*[@role='status']").startswith(texts["vote_waits"])
    decide(pages, {"category": "C1", "result": "stored", "code": None, "receipt": RECEIPT})
    for address in ("/editions/2017/vote?stored=C2", SENT.format("C2")):
        assert pages.get(f"/{language}{address}").all("//*[@role='status']") == [], "no vote of C2 was sent"
    assert texts["vote_stored"] in pages.get(f"/{language}{SENT.format('C1')}").text("//*[@role='status']")


@pytest.mark.parametrize("language", LOCALES)
def test_a_nominee_that_is_gone_is_chosen_no_more(pages, language):
    address = f"/{language}/editions/2017/vote/C2"
    shown = pages.post(address, {"category": "C2", "project": "gone"})
    title = by_language("wsis_voting", "errors")[language]["voting.nominee_unknown"]
    assert (shown.status, shown.text("//*[@role='status']"), shown.tree.forms) == (200, title, [])
    assert shown.all("//a[contains(@class, 'button')]/@href") == [address]


@pytest.mark.parametrize("language", LOCALES)
def test_a_voter_sees_whose_account_votes(pages, language):
    def of_account(shown):
        return shown.text("//main/p[.//bdi]"), shown.all("//main/p/a[contains(@href, 'sign-out')]/@href")

    ballot, vote = f"/{language}/editions/2017/vote", f"/{language}/editions/2017/vote/C2"
    for shown in (pages.get(ballot), pages.get(vote).send(project="p2")):
        assert (shown.status, of_account(shown)) == (200, ("", [])), "the vote goes on while accounts are away"
    pages.bus.answers["accounts.read_me"] = {"account": "a1", "state": "active", "email": "amina@example.org"}
    for shown in (pages.get(ballot), pages.get(vote).send(project="p2")):
        said, leave = of_account(shown)
        assert ("amina@example.org" in said, leave) == (True, [f"/{language}/sign-out"])


def test_a_double_press_is_one_act(pages):
    check = pages.get(VOTE).send(project="p2")
    check.send()
    check.send()
    keys = {ctx.idempotency_key for _, ctx in casts(pages)}
    assert (len(casts(pages)), len(keys)) == (2, 1)


@pytest.mark.parametrize(
    "refusal",
    [Conflict("voting.closed", ""), Unavailable("suite.no_answer_in_time", ""), NotFound("voting.nominee_unknown", "")],
)
def test_a_refused_vote_keeps_the_choice(pages, refusal):
    check = pages.get(VOTE).send(project="p2")
    pages.bus.answers["voting.cast"] = refusal
    shown = check.send()
    assert shown.status == refusal.status
    assert shown.all("//input[@checked]/@value") == ["p2"]
    assert shown.text("//title").startswith("Error:")


def test_a_category_that_is_done_shows_its_receipt_and_no_form(pages):
    shown = pages.get("/en/editions/2017/vote/C1")
    assert "5f" * 32 in shown.text()
    assert shown.tree.forms == []


def test_a_vote_for_a_nominee_of_a_later_page_is_shown(pages):
    pages.bus.answers["voting.read_ballot"] = {**BALLOT, "voted": [{**BALLOT["voted"][0], "project": "p101"}]}
    later = {**NOMINEES[0], "project": "p101", "title": "Rural radio"}
    gone = NotFound("prizes.project_unknown", "")
    pages.bus.answers["prizes.read_nominee"] = lambda sent: later if sent["project"] == "p101" else gone
    assert "Rural radio" in pages.get("/en/editions/2017/vote/C1").text("//h2")
    pages.bus.answers["prizes.read_nominee"] = gone
    shown = pages.get("/en/editions/2017/vote/C1")
    assert (shown.status, "5f" * 32 in shown.text()) == (200, True), "the receipt stands without it"


def test_who_has_not_voted_costs_no_read_of_a_vote_or_of_an_account(pages):
    pages.bus.answers["accounts.read_me"] = {"account": "a1", "state": "active", "email": "amina@example.org"}
    shown = pages.get(VOTE)
    called = {name for name, _, _ in pages.bus.calls}
    assert called.isdisjoint({"prizes.read_nominee", "accounts.read_me"})
    assert shown.text("//fieldset/div[1]/label") == "Project 1 Org · Kenya Read more"


def test_the_buttons_of_mails_lead_to_pages(pages):
    mails = by_language("wsis_voting", "mails")["en"].values()
    addresses = {mail["action"]["url"].replace("{{ edition }}", "2017") for mail in mails if "action" in mail}
    assert addresses == {"page:/editions/2017/vote", "page:/editions/2017/receipts"}
    for address in addresses:
        path = address.removeprefix("page:")
        shown = pages.get(path, **{"Accept-Language": "pt-BR"})
        assert (shown.status, shown.address) == (200, f"/pt{path}")


def test_visitors_sign_in_first(pages):
    pages.cookies.clear()
    assert pages.get("/en/editions/2017/vote/C2").address.startswith("/en/sign-in?next=%2Feditions%2F2017%2Fvote%2FC2")


def test_a_receipt_is_looked_up_by_its_number(pages):
    assert "In the public log" in pages.get(f"{RECEIPTS}?commitment={'5f' * 32}").text("//*[@role='status']")
    pages.bus.answers["voting.read_receipt"] = NotFound("voting.receipt_unknown", "")
    assert "no such receipt" in pages.get(f"{RECEIPTS}?commitment={'00' * 32}").text("//*[@role='status']")


def test_each_state_of_a_receipt_is_said_in_words(pages):
    said = pages.get(RECEIPTS).text("//section[@aria-labelledby='states']")
    rows = list(state_rows())
    assert [row["code"] for row in rows] == list(STATES)
    assert all(row["title"]["en"] in said and row["means"]["en"] in said for row in rows)


@pytest.mark.parametrize("reason", REASONS)
def test_a_vote_that_does_not_count_says_why(pages, reason):
    void = {"commitment": "5f" * 32, "state": "void", "reason": reason, "index": 1, "size": 2}
    pages.bus.answers["voting.read_receipt"] = void
    shown = pages.get(f"{RECEIPTS}?commitment={'5f' * 32}").text("//*[@role='status']")
    assert by_language("wsis_voting", "pages")["en"][f"void_{reason}"] in shown


@pytest.mark.parametrize("typed", ["5f5f", "<script>", "€", "../log/head", "5f" * 32 + " "])
def test_what_is_no_number_of_a_receipt_is_said_to_be_none(pages, typed):
    pages.bus.answers["voting.read_receipt"] = NotFound("voting.receipt_unknown", "")
    shown = pages.get(f"{RECEIPTS}?{urlencode({'commitment': typed})}")
    assert "no such receipt" in shown.text("//*[@role='status']")
    assert shown.all("//input[@name='commitment']/@value") == [typed], "it stays, to be corrected"


def test_the_public_log_is_one_press_away(pages):
    assert "/v1/editions/2017/log/leaves" in pages.get(RECEIPTS).all("//main//a/@href")
