"""The pages of the contest, without a broker."""

from datetime import timedelta

import pytest
from wsis_shared import clock
from wsis_shared.errors import NotFound
from wsis_shared.schemas import LOCALES
from wsis_testkit.pages import Pages

from wsis_prizes.editions.pages import views as editions
from wsis_prizes.results.pages import views as results

PHASES = [
    {"number": 1, "code": "nomination", "title": "Nomination", "current": False},
    {"number": 2, "code": "public_voting", "title": "Public online voting", "current": True},
    {"number": 3, "code": "announcement", "title": "Announcement", "current": False},
]
EDITION = {
    "edition": "2017",
    "title": "WSIS Prizes 2017",
    "current": ["public_voting"],
    "phases": [{**phase, "start": "2017-03-15T08:00:00Z", "end": "2017-04-30T21:00:00Z"} for phase in PHASES],
    "categories": ["C1", "C2"],
    "settings": {"every_category": True, "one_per_entity": True, "finalists_per_category": 5},
    "done": {"nominees_published": True, "champions_announced": True, "winners_released": True},
}
NOMINEE = {
    "project": "p1",
    "number": 1,
    "category": "C1",
    "title": "منصة التعليم <b>",
    "language": "ar",
    "organization": "جامعة الأمل",
    "country": "JO",
    "short_description": "دروس بالعربية",
    "sdgs": [4],
    "website": "https://example.org/",
}
WINNER = {
    **{name: NOMINEE[name] for name in ("project", "category", "title", "language", "organization", "country")},
    "edition": "2017",
}
FULL = {**NOMINEE, "edition": "2017", "sdgs": [{"sdg": 4}], "impact": "Sixty\n\nthousand", "countries": ["JO", "LB"]}
RESULT = {
    "votes": {"cast": 1102320, "counted": 867798},
    "ballots": {"complete": 48211},
    "categories": [{"category": "C1", "projects": [{"project": "p1", "counted": 9120}]}],
}
PATHS = (
    "/",
    "/prizes",
    "/editions/2017",
    "/editions/2017/categories/C1",
    "/editions/2017/nominees/p1",
    "/editions/2017/results",
    "/editions/2017/nominees",
    "/prizes/winners",
)


@pytest.fixture
def pages():
    return Pages(
        {
            "prizes.list_editions": {"items": [EDITION], "next": None},
            "prizes.read_edition": EDITION,
            "prizes.list_categories": {
                "items": [{"code": code, "title": code, "nominees": 3} for code in ("C1", "C2")],
                "next": None,
            },
            "prizes.list_nominees": {"items": [NOMINEE], "next": "n2", "edition": "2017", "order": 60},
            "prizes.read_nominee": FULL,
            "prizes.list_champions": {"items": [{**NOMINEE, "winner": True}], "next": None, "rulings": []},
            "prizes.find_winners": {"items": [WINNER, {**WINNER, "edition": "2012", "project": None}], "next": "n2"},
            "voting.read_voting": {"edition": "2017", "state": "open", "closes_at": "2017-04-30T21:00:00Z"},
            "voting.read_log_result": RESULT,
        }
    )


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("path", PATHS)
def test_a_page_shows_in_each_language(pages, path, language):
    shown = pages.get(f"/{language}{path}")
    assert shown.status == 200
    assert len(shown.all("//h1")) == 1
    assert "None" not in shown.text()


@pytest.mark.parametrize("language", LOCALES)
def test_the_front_page_stands_before_there_is_an_edition(pages, language):
    pages.bus.answers["prizes.list_editions"] = {"items": [], "next": None}
    shown = pages.get(f"/{language}/")
    assert (shown.status, shown.all("//section[@aria-labelledby='prizes']")) == (200, [])


@pytest.mark.parametrize("path", PATHS)
def test_a_page_stands_where_no_voting_is_installed(pages, path):
    assert Pages(pages.bus.answers, "prizes").get(f"/en{path}").status == 200


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_one_copy_for_all(pages, path):
    first = pages.get(f"/en{path}")
    calls = len(pages.bus.calls)
    second = pages.sign_in().get(f"/en{path}?unknown=1")
    assert (second.html, len(pages.bus.calls)) == (first.html, calls)
    assert second.headers["cache-control"].startswith("public")
    again = pages.get(f"/en{path}", **{"If-None-Match": second.headers["etag"]})
    assert again.status == 304


def test_a_page_travels_compressed(pages):
    plain = pages.get("/en/editions/2017")
    for _ in range(2):
        packed = pages.get("/en/editions/2017", **{"Accept-Encoding": "gzip"})
        assert (packed.headers["content-encoding"], packed.html) == ("gzip", plain.html)


def test_the_buttons_lead_to_the_vote_while_it_is_open(pages):
    for path in {*PATHS} - {"/prizes", "/prizes/winners", "/editions/2017/results", "/editions/2017/nominees"}:
        links = pages.get(f"/fr{path}").all("//a[contains(@class, 'button')]/@href")
        assert any(link.startswith("/fr/editions/2017/vote") for link in links), path
    pages = Pages(pages.bus.answers | {"voting.read_voting": {"edition": "2017", "state": "certified"}})
    assert not any("/vote" in link for path in PATHS for link in pages.get(f"/en{path}").all("//a/@href"))


def test_the_front_page_leads_to_a_vote_that_is_open_when_the_next_edition_is_there(pages):
    former = {**EDITION, "edition": "2016", "current": ["public_voting"]}
    pages.bus.answers["prizes.list_editions"] = {"items": [EDITION, former], "next": None}
    [button] = pages.get("/fr/").all("//section[@aria-labelledby='prizes-2016']//a/@href")
    assert button == "/fr/editions/2016/vote"


def test_what_submitters_wrote_has_its_language(pages):
    shown = pages.get("/en/editions/2017/nominees/p1")
    [heading] = shown.all("//h1/span")
    assert (heading.get("lang"), heading.get("dir"), heading.text_content()) == ("ar", "auto", "منصة التعليم <b>")


def test_an_image_stands_with_its_nominee(pages):
    sides = {"width": 960, "height": 480}
    image = {"alt": "معلمة", "small": {"url": "/v1/small", **sides}, "large": {"url": "/v1/large", **sides}}
    pages.bus.answers["prizes.read_nominee"] = {**FULL, "image": image}
    pages.bus.answers["prizes.list_nominees"]["items"] = [{**NOMINEE, "image": image}]
    for path, size in (("nominees/p1", "large"), ("categories/C1", "small")):
        [shown] = pages.get(f"/en/editions/2017/{path}").all("//main//img")
        assert (shown.get("src"), shown.get("alt"), shown.get("lang")) == (f"/v1/{size}", "معلمة", "ar")


def test_nominees_stand_in_the_order_of_the_address(pages):
    pages.get("/en/editions/2017/categories/C1?order=7&after=n2")
    [sent] = pages.sent("list_nominees")
    assert (sent["category"], sent["order"], sent["after"]) == ("C1", 7, "n2")
    assert pages.get("/en/editions/2017/categories/C1?order=64").status == 200, "an order that does not exist is none"


def test_results_show_votes_with_the_number_of_each(pages):
    shown = pages.get("/en/editions/2017/results")
    assert "1,102,320" in shown.text()
    assert "9,120" in shown.text("//table")
    assert "1 102 320" in pages.get("/fr/editions/2017/results").text().replace("\u202f", " ")


def test_results_that_are_not_out_are_not_shown(pages):
    pages.bus.answers["prizes.list_champions"] = NotFound("prizes.champions_not_announced", "")
    shown = pages.get("/en/editions/2017/results")
    assert (shown.status, "not out yet" in shown.text()) == (200, True)
    assert "9,120" not in shown.html


def test_a_service_that_is_away_leaves_its_part_out(pages):
    del pages.bus.answers["voting.read_voting"]
    shown = pages.get("/en/editions/2017")
    assert (shown.status, "Categories" in shown.text()) == (200, True)
    assert shown.headers["cache-control"].startswith("public, max-age=0"), "nobody keeps it for long"
    del pages.bus.answers["prizes.list_editions"]
    front = pages.get("/en/")
    assert (front.status, "Nothing is open" in front.text()) == (200, True)


@pytest.mark.parametrize("path", ["/editions/1066", "/editions/20%2F17", "/editions/2017/nominees/p2/x"])
def test_what_is_not_there_is_said_in_the_readers_language(pages, path):
    pages.bus.answers["prizes.read_edition"] = NotFound("prizes.edition_unknown", "")
    shown = pages.get(f"/es{path}")
    assert (shown.status, shown.all("/html/@lang")) == (404, ["es"])
    assert len(shown.all("//h1")) == 1


def test_champions_stand_by_their_votes():
    champion = {"category": "C1", "number": 1}
    values = {
        "query": {},
        "edition": EDITION,
        "champions": {"items": [{**champion, "project": "a"}, {**champion, "project": "b"}]},
        "result": {"categories": [{"projects": [{"project": "a", "counted": 1}, {"project": "b", "counted": 2}]}]},
    }
    first, second = results.results(values, "en")["rows"]
    assert ([each["project"] for each in first["champions"]], first["most"]) == (["b", "a"], 2)
    assert second["champions"] == []


def test_the_results_have_every_champion_of_an_edition(pages):
    """Each of 18 categories has five places, and more where the last is shared: more than a hundred in all."""
    rows = [{**NOMINEE, "project": f"p{n}", "category": "C1" if n < 130 else "C2", "number": n} for n in range(150)]
    pages.bus.answers["prizes.list_champions"] = lambda sent: {
        "items": rows[: sent["limit"]],
        "next": None,
        "rulings": [],
    }
    shown = pages.get("/en/editions/2017/results")
    assert len(shown.all("//main//table//th[@scope='row']")) == len(rows)


@pytest.mark.parametrize(
    ("days", "current", "expected"),
    [
        ((-9, 9, 90), 1, ["done", "now", "later"]),
        ((-9, -1, 90), None, ["done", "done", "later"]),
        ((-9, -5, -1), None, ["done", "done", "done"]),
    ],
    ids=["one is on", "a pause before the ceremony", "all is over"],
)
def test_a_phase_is_done_once_it_is_over(days, current, expected):
    """Whether another is on or not, and whatever has been announced by then."""
    ends = [clock.iso(clock.now() + timedelta(days=day)) for day in days]
    shown = [{"end": end, "current": place == current} for place, end in enumerate(ends)]
    values = {"edition": {**EDITION, "phases": [{**PHASES[place], **each} for place, each in enumerate(shown)]}}
    assert [phase["state"] for phase in editions.edition(values, "en")["phases"]] == expected


def test_nominees_and_winners_are_looked_for_by_words_country_and_region(pages):
    shown = pages.get("/en/editions/2017/nominees?q=learning&country=JO&region=arab_states&category=C1")
    assert shown.all("//input[@name='q']/@value") == ["learning"]
    chosen = shown.all("//main//select/option[@selected]/@value")
    assert sorted(chosen) == ["C1", "JO", "arab_states"]
    [further] = shown.all("//a[contains(@href, 'after=n2')]/@href")
    assert "q=learning" in further
    assert "region=arab_states" in further
    winners = pages.get("/en/prizes/winners?country=JO")
    assert winners.all("//th[@scope='row']/a/@href") == ["/en/editions/2017/nominees/p1"]
    pages.bus.answers["prizes.find_winners"] = {"items": [], "next": None}
    assert "Nothing matches" in pages.get("/en/prizes/winners?country=BJ").text()


def test_champions_are_looked_for_in_the_results(pages):
    """A search says of no category that nobody won it: who is not shown may have."""
    other = {**NOMINEE, "project": "p2", "category": "C2", "country": "PE"}
    rows = [{**NOMINEE, "winner": False}, {**other, "winner": True}, {**other, "project": "p3", "winner": False}]
    pages.bus.answers["prizes.list_champions"] = lambda sent: {
        "items": [row for row in rows if sent["q"] != "p3" or row["project"] == "p3"],
        "next": None,
        "rulings": [],
    }
    shown = pages.get("/en/editions/2017/results")
    tables = shown.all("//main//table")
    assert ["No winner was chosen" in table.text_content() for table in tables] == [True, False]
    shown = pages.get("/en/editions/2017/results?q=p3&country=PE&region=americas&limit=1")
    sent = pages.sent("list_champions")[-1]
    assert (sent["q"], sent["country"], sent["region"], sent["limit"]) == ("p3", "PE", "americas", 1000)
    assert shown.all("//main//input[@name='q']/@value") == ["p3"]
    assert shown.all("//main//th[@scope='row']/a/@href") == ["/en/editions/2017/nominees/p3"]
    assert "No winner" not in shown.text()
    assert "no champion" not in shown.text()
    pages.bus.answers["prizes.list_champions"] = {"items": [], "next": None, "rulings": []}
    assert "Nothing matches" in pages.get("/en/editions/2017/results?country=BJ").text()
    pages.bus.answers["prizes.list_champions"] = NotFound("prizes.champions_not_announced", "")
    hidden = pages.get("/en/editions/2017/results?country=TO")
    assert "not out yet" in hidden.text()
    assert hidden.all("//main//form") == []
