"""Pages that follow what changes: with the session of the page, over the real gateway and broker."""

import uuid

import pytest
from lxml import html as markup
from wsis_testkit import publish, wait_for
from wsis_testkit.event_stream import EventClient

OWN, PUBLIC = "/en/boards/", "/en/public-boards/"


class Board:
    """A board of the sample service, and the event that says that it has changed."""

    def __init__(self, sample, amqp_client):
        self.id, self._sample, self._amqp_client = uuid.uuid4().hex, sample, amqp_client
        self.set(1)

    def set(self, number):
        self._sample.call("set_board", board=self.id, number=number)
        publish(self._amqp_client, "sample", "board_changed", {"board": self.id}, subject=self.id)


@pytest.fixture
def board(sample, amqp_client):
    return Board(sample, amqp_client)


@pytest.fixture
def look(http, keys):
    """`look(address)`: the page at an address, with a session of these roles or none."""

    def look(address, sub="ada", *roles):
        cookie = {"Cookie": f"__Host-wsis={keys.token(*roles, sub=sub)}"} if sub else {}
        return http.get(address, headers=cookie)

    return look


@pytest.fixture
def follow(gateway, keys):
    """`follow(address)`: the news of a page, as a browser with a session listens to them; all end with the test."""
    clients = []

    def connect(address, sub="ada", *roles, **headers):
        cookie = {"Cookie": f"__Host-wsis={keys.token(*roles, sub=sub)}"} if sub else {}
        clients.append(EventClient(gateway.uri + address, {**cookie, **headers}))
        return clients[-1]

    yield connect
    for client in clients:
        client.close()


def part(page):
    """The element of a page that its script follows."""
    [found] = markup.fromstring(page.text).xpath("//*[@data-live]")
    return found


def figure(page):
    return markup.fromstring(page.text).xpath("string(//main/p)")


@pytest.mark.parametrize(("where", "sub"), [(OWN, "ada"), (PUBLIC, "")])
def test_a_page_hears_of_what_has_changed_since_it_was_shown(board, look, follow, where, sub):
    page = look(where + board.id, sub)
    news = follow(part(page).get("data-live"), sub)
    assert news.status == 200
    seen = part(page).get("data-seen")
    assert wait_for(lambda: [each["id"] for each in news.events] == [seen], 10), "what it shows is the newest"
    board.set(1234)
    assert wait_for(lambda: len(news.events) > 1, 10)
    assert {each["data"] for each in news.events} == {"changed"}, "it hears that, and nothing else"
    page = look(where + board.id, sub)
    assert (figure(page), part(page).get("data-seen")) == ("1,234", news.events[-1]["id"])


def test_a_page_follows_the_job_that_it_shows_until_its_end(http, look, follow, keys):
    signed_in = {"Authorization": f"Bearer {keys.token(sub='ada')}"}
    job = http.post("/v1/notes/endless/archive", headers=signed_in).json()["id"]
    news = follow(part(look(f"/en/archive?job={job}")).get("data-live"))
    assert wait_for(lambda: len(news.events) > 2, 20), "each step"
    assert follow(part(look(f"/en/archive?job={job}")).get("data-live"), "bob").status == 404
    http.delete(f"/v1/jobs/{job}", headers=signed_in)

    def ended():
        page = look(f"/en/archive?job={job}")
        return "cancelled" in page.text and page

    page = wait_for(ended, 20)
    assert markup.fromstring(page.text).xpath("//*[@data-live]") == []
    assert news.events[-1]["data"] == "changed"
    without = look("/en/archive?live=1")
    assert (without.status_code, markup.fromstring(without.text).xpath("//*[@data-live]")) == (200, [])


def test_operators_follow_the_job_of_somebody_else_until_its_end(http, look, follow, keys):
    signed_in = {"Authorization": f"Bearer {keys.token(sub='ada')}"}
    job = http.post("/v1/notes/endless/archive", headers=signed_in).json()["id"]
    address = f"/en/desk/jobs/sample/{job}"
    news = follow(part(look(address, "eve", "operator")).get("data-live"), "eve", "operator")
    assert wait_for(lambda: len(news.events) > 2, 20), "each step"
    assert look(address).status_code == 403, "whoever started it has it on the page where they did"
    http.delete(f"/v1/jobs/{job}", headers=signed_in)

    def ended():
        page = look(address, "eve", "operator")
        return "cancelled" in page.text and page

    assert markup.fromstring(wait_for(ended, 20).text).xpath("//*[@data-live]") == []
    assert look(f"{address}x", "eve", "operator").status_code == 404


def test_a_browser_asks_again_for_a_page_that_it_follows(board, look):
    assert look(PUBLIC + board.id, "").headers["cache-control"] == "public, max-age=0, s-maxage=1"


def test_without_a_script_a_link_looks_again(board, look):
    [link] = part(look(OWN + board.id)).xpath(".//a")
    assert (link.get("href"), link.text) == (OWN + board.id, "Look again")


def test_news_are_for_those_who_may_see_the_page(board, look, follow):
    address = part(look(OWN + board.id)).get("data-live")
    assert follow(address, "").status == 401
    assert follow(address.replace("/en/", "/v1/").partition("?")[0] + "/mine", "ada").status == 401, "no cookie at /v1"


def test_a_browser_that_comes_back_hears_only_of_what_it_has_not_seen(board, look, follow):
    page = look(OWN + board.id)
    news = follow(part(page).get("data-live"), **{"Last-Event-ID": part(page).get("data-seen")})
    board.set(7)
    assert wait_for(lambda: news.events, 10)
    assert part(look(OWN + board.id)).get("data-seen") == news.events[0]["id"]


def test_a_look_at_the_head_of_the_news_is_kept_by_no_cache(http, board):
    """With the cookies of a session that was renewed for it, it must not be given to others."""
    response = http.head(f"{PUBLIC}{board.id}?live=1")
    assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")
