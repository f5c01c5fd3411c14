"""The store or the broker is away for seconds, the process is killed, or a replica has the wrong time."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from wsis_shared.errors import Unavailable
from wsis_testkit import actor, crash_at, refused, skewed, wait_for
from wsis_testkit.proxy import behind, proxied

OPEN = datetime(2016, 12, 1, 12, tzinfo=UTC)
DEADLINE = datetime(2017, 2, 20, 22, tzinfo=UTC)
AWAY_SECONDS = 5.0
PEOPLE, THREADS = 24, 6


@pytest.fixture(scope="module", autouse=True)
def _people(people: Any) -> None:
    """A service accounts."""


def until_answered(served: Any, method: str, who: Any, **arguments: Any) -> Any:
    """As a client does: again under the same key while the suite is unavailable."""
    context = {"received_at": OPEN, "idempotency_key": uuid.uuid4().hex}
    while True:
        try:
            return served.call(method, who, context=context, edition="2017", timeout=10.0, **arguments)
        except Unavailable:
            continue


def at_once(work: Any, at_half: Any) -> list[Any]:
    """Results of `work(number)` for all people, several at a time; `at_half()` meanwhile."""
    half = threading.Event()

    def one(number: int) -> Any:
        if number == PEOPLE // 2:
            half.set()
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        done = [pool.submit(one, number) for number in range(PEOPLE)]
        assert half.wait(60)
        at_half()
        return [future.result(120) for future in done]


def test_submissions_while_the_store_is_away_are_numbered_once(
    serve: Any, environment: dict[str, str], database: Any, published: Any, make_answers: Any
) -> None:
    seen, body = published("consultation"), {"draft": None, "key": None, "language": "en"}
    with proxied(environment["WSIS_MONGO_URI"]) as proxy:
        served = serve("consultation", seed=True, WSIS_MONGO_URI=behind(environment["WSIS_MONGO_URI"], proxy))
        people = [actor() for _ in range(PEOPLE)]

        def submit(number: int) -> Any:
            answers = make_answers(email=None)
            return until_answered(served, "submit", people[number], body={**body, "answers": answers})["number"]

        def away() -> None:
            proxy.refuse = True
            proxy.cut()
            threading.Event().wait(AWAY_SECONDS)
            proxy.refuse = False

        assert sorted(at_once(submit, away)) == list(range(1, PEOPLE + 1))
        db = database("consultation")
        versions = [row["submission"] for row in db["submission_versions"].find()]
        assert len(versions) == len(set(versions)) == PEOPLE
        indexed = [row for block in db["submission_index"].find() for row in block["rows"].values()]
        assert len(indexed) == PEOPLE
        receipts = {event["id"]: event["subject"] for event in seen.wait("submission_received", PEOPLE, 30)}
        assert sorted(receipts.values()) == sorted(versions), "one mail for each"
        served.stop()


def test_comments_while_the_broker_is_away_are_posted_once(
    serve: Any, environment: dict[str, str], database: Any
) -> None:
    """All connections of the service end, and new ones are refused for a while."""
    with proxied(environment["WSIS_AMQP_URI"]) as proxy:
        served = serve("consultation", seed=True, WSIS_AMQP_URI=behind(environment["WSIS_AMQP_URI"], proxy))
        discussion = opened(served)

        def post(number: int) -> Any:
            body = {"text": f"Comment of {number}", "parent": None}
            return until_answered(served, "post_comment", actor(), discussion=discussion, body=body)["number"]

        def away() -> None:
            proxy.refuse = True
            proxy.cut()
            threading.Event().wait(AWAY_SECONDS / 2)
            proxy.refuse = False

        assert sorted(at_once(post, away)) == list(range(1, PEOPLE + 1))
        db = database("consultation")
        texts = [row["source"] for row in db["comments"].find({"discussion": discussion})]
        assert sorted(texts) == sorted(f"Comment of {number}" for number in range(PEOPLE))
        served.stop()


def opened(served: Any) -> str:
    """A discussion."""
    code = f"c{uuid.uuid4().hex[:8]}"
    body = {"code": code, "title": {"en": "Youth"}, "description": {}, "order": 0}
    served.call("create_community", actor("officer"), edition="2017", body=body)
    body = {"community": code, "language": "en", "title": "Skills", "text": "What next?"}
    return str(served.call("open_discussion", actor("officer"), edition="2017", body=body)["id"])


def test_comment_without_a_key_is_posted_once_though_the_process_is_killed_before_it_answers(
    serve: Any, database: Any
) -> None:
    """The broker delivers the request again, to the next process."""
    first = serve("consultation", seed=True)
    discussion = opened(first)
    first.stop()
    dying = serve("consultation", wait=False, **crash_at("wsis_shared.bus.entrypoints:Requests._reply:before"))
    body = {"text": "Only once", "parent": None}

    def post() -> Any:
        return dying.call("post_comment", actor(), edition="2017", discussion=discussion, body=body, timeout=60.0)

    with ThreadPoolExecutor(1) as pool:
        sent = pool.submit(post)
        assert dying.process.wait(60) == 137
        last = serve("consultation")
        assert sent.result(60)["number"] == 1
    assert database("consultation")["comments"].count_documents({"discussion": discussion}) == 1
    last.stop()


@pytest.mark.parametrize("skew", [3600, -3600], ids=["fast", "slow"])
def test_replica_whose_clock_is_wrong_judges_no_deadline_by_it(serve: Any, make_answers: Any, skew: int) -> None:
    served = serve("consultation", seed=True, **skewed(skew))
    body = {"draft": None, "key": None, "answers": make_answers(email=None), "language": "en"}

    def submit(at: datetime) -> Any:
        return served.call("submit", actor(), context={"received_at": at}, edition="2017", body=body)

    moment = DEADLINE - timedelta(milliseconds=1)
    assert submit(moment)["received_at"] == "2017-02-20T21:59:59.999000Z"
    with refused("consultation.submissions_closed"):
        submit(DEADLINE)
    served.stop()


def test_two_replicas_one_with_a_wrong_clock_share_the_timers(serve: Any, database: Any) -> None:
    """Leases follow the clock of the store: one replica at a time has each, and the other one gets it at once."""
    wrong = serve("consultation", seed=True, **skewed(3600))
    right = serve("consultation")
    leases = database("consultation")["leases"]

    def holder() -> Any:
        return leases.find_one({"_id": "relay"})

    first = wait_for(holder)["owner"]
    wrong.stop()
    wait_for(lambda: (found := holder()) and found["owner"] != first or found, 20, "the lease to pass")
    discussion = opened(right)
    posted = until_answered(right, "post_comment", actor(), discussion=discussion, body={"text": "Hi", "parent": None})
    assert posted["number"] == 1
    right.stop()
