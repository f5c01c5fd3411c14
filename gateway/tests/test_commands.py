"""Commands: durable after the response, with the outcome if it arrives in time."""

import uuid

from wsis_testkit import wait_for

VOTES = "/v1/notes/n1/votes"


def vote(http, headers, choice="yes", seconds=0.0, **more):
    return http.post(VOTES, json={"choice": choice, "seconds": seconds}, headers={**headers, **more})


def test_the_response_contains_the_outcome(http, signed_in):
    response = vote(http, signed_in())
    assert response.status_code == 201
    assert response.json()["choice"] == "yes"
    assert response.headers["location"] == f"{VOTES}/{response.json()['command']}"


def test_a_repeat_gets_200_with_the_same_body(http, signed_in):
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first, second = vote(http, signed_in(), **key), vote(http, signed_in(), **key)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()


def test_the_same_key_of_another_account_is_another_command(http, signed_in):
    key = {"Idempotency-Key": str(uuid.uuid4())}
    commands = {vote(http, signed_in(sub=sub), **key).json()["command"] for sub in ("ada", "grace")}
    assert len(commands) == 2


def test_the_same_key_with_another_body_is_another_command(http, signed_in):
    """Each body has its own outcome."""
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first, second = (vote(http, signed_in(), choice=choice, **key).json() for choice in ("yes", "no"))
    assert (first["choice"], second["choice"]) == ("yes", "no")
    assert first["command"] != second["command"]


def test_an_error_is_a_problem(http, signed_in):
    response = vote(http, signed_in(), choice="refused")
    assert response.status_code == 409
    assert response.json()["code"] == "sample.title_taken"


def test_respond_async_gets_202_with_a_location(http, signed_in):
    response = vote(http, signed_in(), Prefer="respond-async")
    assert response.status_code == 202
    assert response.headers["preference-applied"] == "respond-async"
    assert response.headers["location"] == f"{VOTES}/{response.json()['command']}"


def test_a_late_outcome_gets_202_and_a_repeat_returns_it(http, signed_in):
    key = {"Idempotency-Key": str(uuid.uuid4())}
    late = vote(http, signed_in(), seconds=3.6, **key)
    assert late.status_code == 202
    done = wait_for(lambda: (again := vote(http, signed_in(), seconds=3.6, **key)).status_code == 200 and again, 10)
    assert done.json()["command"] == late.json()["command"]


def test_body_and_permission_are_checked_before_publishing(http, signed_in):
    assert http.post(VOTES, json={"choice": "a b"}, headers=signed_in()).status_code == 422
    assert http.post(VOTES, json={"choice": "yes"}).status_code == 401
