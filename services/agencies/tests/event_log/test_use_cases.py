"""Public events of all services in one log, as readers get them through the real gateway."""

from __future__ import annotations

import threading
import time
from typing import Any

import httpx
import pytest
from defusedxml import ElementTree
from wsis_shared.schemas import LOCALES
from wsis_testkit import publish, wait_for
from wsis_testkit.event_stream import EventClient
from wsis_testkit.tokens import TokenSigner

from ..event_log_kit import publish_example

SIGNER = TokenSigner()
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def agencies(serve: Any) -> Any:
    return serve("agencies")


@pytest.fixture(scope="module")
def http(agencies: Any, fake_service: Any, open_gateway: Any) -> httpx.Client:
    fake_service("issuer", jwks=SIGNER.jwks)
    return open_gateway("agencies", WSIS_KEYS_FROM="issuer.jwks")


def test_a_type_that_nobody_publishes_is_warned_of_in_the_readers_language(http: httpx.Client) -> None:
    typing_error, right = "wsis.prizes.winner_announced.v1", "wsis.prizes.winners_announced.v1"
    page = http.get("/v1/events", params={"type": typing_error}, headers={"Accept-Language": "fr"}).json()
    assert page["warnings"] == [f"Aucun service installé ne publie « {typing_error} »\u00a0: rien n’en viendra."]
    assert http.get("/v1/events", params={"type": right}).json()["warnings"] == []
    assert http.get("/v1/events").json()["warnings"] == []


def position(http: httpx.Client) -> int:
    """The newest number."""
    page = {"next": 0, "position": 0}
    while page["next"] is not None:
        page = http.get("/v1/events", params={"after": page["next"], "limit": 200}).json()
    return int(page["position"])


def read(http: httpx.Client, after: int, count: int, **query: Any) -> list[dict[str, Any]]:
    """The events after a number; waits for `count` of them."""

    def found() -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = http.get("/v1/events", params={"after": after, **query}).json()["items"]
        return items if len(items) >= count else []

    return wait_for(found, 15, f"{count} events")


def held(http: httpx.Client) -> float:
    """How many requests the gateway holds."""
    lines = http.get("/metrics").text.splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith("wsis_http_held_requests"))


def test_events_of_all_services_are_numbered_and_lose_what_is_private(http: httpx.Client, amqp_client: Any) -> None:
    start = position(http)
    first = publish_example(amqp_client, "prizes", "project_submitted", subject="9b1d")
    publish_example(amqp_client, "voting", "voting_closed")
    events = read(http, start, 2)
    by_id = {event["id"]: event for event in events}
    assert sorted(int(event["sequence"]) for event in events) == [start + 1, start + 2]
    assert "account" not in by_id[first]["data"]
    assert by_id[first]["data"]["category"] == "C7.e-health"
    assert (by_id[first]["type"], by_id[first]["subject"]) == ("wsis.prizes.project_submitted.v1", "9b1d")
    assert set(by_id[first]).isdisjoint({"traceparent", "requestid"})


def test_events_of_a_subject_keep_their_order(http: httpx.Client, amqp_client: Any) -> None:
    start = position(http)
    wanted = [
        publish_example(amqp_client, "stocktaking", "entry_published", subject="e1", revision=number)
        for number in range(30)
    ]
    assert [event["id"] for event in read(http, start, 30)] == wanted


def test_internal_events_and_repeats_stay_out(http: httpx.Client, amqp_client: Any) -> None:
    start = position(http)
    publish(amqp_client, "voting", "turnout_changed", {"edition": "2017"})
    id_ = publish_example(amqp_client, "voting", "voting_closed")
    read(http, start, 1)
    publish(amqp_client, "voting", "voting_closed", {"edition": "2017"}, id=id_)
    last = publish_example(amqp_client, "voting", "voting_opened")
    assert [event["id"] for event in read(http, start, 2)] == [id_, last]


def test_filters_by_type_and_facet(http: httpx.Client, amqp_client: Any) -> None:
    start = position(http)
    health = publish_example(amqp_client, "stocktaking", "entry_published", action_lines=["C7.e-health"], sdgs=[3])
    farms = publish_example(amqp_client, "stocktaking", "entry_published", regions=["cis"], language="ru")
    closed = publish_example(amqp_client, "voting", "voting_closed")
    read(http, start, 3)
    for query, wanted in (
        ({"action_line": "C7.e-health"}, [health, closed]),
        ({"sdg": 3}, [health, closed]),
        ({"region": "cis"}, [farms, closed]),
        ({"language": "ru"}, [farms, closed]),
        ({"type": "wsis.voting.voting_closed.v1"}, [closed]),
        ({"type": "wsis.stocktaking.entry_published.v1", "sdg": 3}, [health]),
    ):
        response = http.get("/v1/events", params={"after": start, **query}).json()
        assert [event["id"] for event in response["items"]] == wanted, query
        assert (response["next"], response["position"]) == (None, start + 3)
    page = http.get("/v1/events", params={"after": start, "limit": 1, "region": "cis"}).json()
    assert ([event["id"] for event in page["items"]], page["next"]) == ([farms], start + 2)
    for wrong in ("after=-1", "sdg=18", "region=moon", "limit=201", "types=x", "action_line=C7"):
        assert http.get(f"/v1/events?{wrong}").status_code == 422, wrong


def test_a_reader_who_comes_too_late_is_told_the_oldest(http: httpx.Client, amqp_client: Any, database: Any) -> None:
    start = position(http)
    publish_example(amqp_client, "voting", "voting_closed")
    [event] = read(http, start, 1)
    last = int(event["sequence"])
    db = database("agencies")
    first = db.event_log_counter.find_one()["first"]
    db.event_log_counter.update_one({}, {"$set": {"first": last}})
    try:
        gone = http.get("/v1/events", params={"after": last - 2, "limit": 7})
        assert (gone.status_code, gone.json()["code"]) == (410, "notifications.events_gone")
        assert gone.json()["params"] == {"oldest": last}
        assert [int(event["sequence"]) for event in http.get("/v1/events?limit=8").json()["items"]] == [last]
    finally:
        db.event_log_counter.update_one({}, {"$set": {"first": first}})


def test_a_long_poll_waits_for_the_next_event(http: httpx.Client, amqp_client: Any) -> None:
    start = position(http)
    found: list[Any] = []

    def poll() -> None:
        found.append(http.get("/v1/events", params={"after": start}, headers={"Prefer": "wait=20"}))

    thread = threading.Thread(target=poll)
    thread.start()
    wait_for(lambda: held(http) == 1)
    began = time.monotonic()
    id_ = publish_example(amqp_client, "voting", "voting_closed")
    thread.join()
    assert [event["id"] for event in found[0].json()["items"]] == [id_]
    assert time.monotonic() - began < 15
    assert found[0].headers["preference-applied"] == "wait=20"
    again = http.get("/v1/events", params={"after": start}, headers={"If-None-Match": found[0].headers["etag"]})
    assert again.status_code == 304


def test_events_come_as_server_sent_events(http: httpx.Client, amqp_client: Any) -> None:
    start = position(http)
    with EventClient(f"{http.base_url}/v1/events?after={start}&type=wsis.voting.voting_opened.v1") as client:
        publish_example(amqp_client, "voting", "voting_closed")
        id_ = publish_example(amqp_client, "voting", "voting_opened")
        [event] = client.wait(1)
        assert [item["id"] for item in event["data"]["items"]] == [id_]
        assert event["id"] == str(event["data"]["position"])


def test_a_takedown_keeps_the_number_and_is_told(http: httpx.Client, amqp_client: Any, published: Any) -> None:
    own = published("agencies")
    start = position(http)
    id_ = publish_example(amqp_client, "stocktaking", "entry_published", title="Somebody's name")
    read(http, start, 1)
    path, body = f"/v1/events/{start + 1}/takedown", {"reason": "It named a person"}
    member = {"Authorization": f"Bearer {SIGNER.token(sub='m1')}"}
    officer = {"Authorization": f"Bearer {SIGNER.token('officer', sub='o1')}"}
    assert http.post(path, json=body).status_code == 401
    assert http.post(path, json=body, headers=member).status_code == 403
    assert http.post(path, json=body, headers=officer).json()["data"] is None
    assert http.post(path, json=body, headers=officer).json()["code"] == "notifications.event_already_taken_down"
    for unknown in ("9999999", "x"):
        answer = http.post(f"/v1/events/{unknown}/takedown", json=body, headers=officer)
        assert (answer.status_code, answer.json()["code"]) == (404, "notifications.event_unknown")
    told = read(http, start, 2)
    assert (told[0]["id"], told[0]["data"]) == (id_, None)
    assert told[1]["type"] == "wsis.notifications.event_taken_down.v1"
    assert told[1]["data"] == {"sequence": start + 1, "event": id_}
    [taken] = own.wait("action_taken")
    assert (taken["data"]["actor"], taken["data"]["reason"]) == ("o1", "It named a person")
    assert "Somebody" not in str(taken)


def test_news_are_a_feed_in_the_language_of_the_reader(http: httpx.Client, amqp_client: Any) -> None:
    start = position(http)
    publish_example(amqp_client, "stocktaking", "entry_published", title="Wells & {edition} <b>\x0b")
    publish_example(amqp_client, "stocktaking", "snapshot_taken")  # no news
    publish_example(amqp_client, "prizes", "winners_announced")
    read(http, start, 3)

    def titles(lang: str) -> list[str]:
        response = http.get(f"/v1/events.atom?lang={lang}")
        assert response.headers["content-type"].startswith("application/atom+xml")
        entries = ElementTree.fromstring(response.content).iter(f"{ATOM}entry")
        return [str(entry.findtext(f"{ATOM}title")) for entry in entries]

    wait_for(lambda: titles("fr")[0] == "Les lauréats des Prix du SMSI 2017 sont annoncés")
    assert titles("en")[:2] == [
        "The winners of the WSIS Prizes 2017 are announced",
        "WSIS Stocktaking: “Wells & {edition} <b>\ufffd”",
    ]
    assert all("{" not in title or "Wells" in title for lang in LOCALES for title in titles(lang))


def test_the_document_of_the_events_is_served(http: httpx.Client) -> None:
    response = http.get("/v1/asyncapi.json")
    assert (response.status_code, response.json()["asyncapi"]) == (200, "3.0.0")
    assert "wsis.voting.voting_closed.v1" in response.json()["components"]["messages"]
    assert http.get("/v1/asyncapi.json", headers={"If-None-Match": response.headers["etag"]}).status_code == 304
