"""Commands: safe once answered, with the outcome if it comes in time."""

import uuid

from wsis_testkit import wait_for

VOTES = "/v1/notes/n1/votes"


def vote(http, headers, choice="yes", seconds=0.0, **more):
    return http.post(VOTES, json={"choice": choice, "seconds": seconds}, headers={**headers, **more})


def test_the_outcome_is_the_answer(http, signed_in):
    answer = vote(http, signed_in())
    assert answer.status_code == 201
    assert answer.json()["choice"] == "yes"
    assert answer.headers["location"] == f"{VOTES}/{answer.json()['command']}"


def test_a_repeat_is_answered_200_with_the_same(http, signed_in):
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first, second = vote(http, signed_in(), **key), vote(http, signed_in(), **key)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()


def test_the_same_key_of_another_account_is_another_command(http, signed_in):
    key = {"Idempotency-Key": str(uuid.uuid4())}
    commands = {vote(http, signed_in(sub=sub), **key).json()["command"] for sub in ("ada", "grace")}
    assert len(commands) == 2


def test_the_same_key_with_another_body_is_another_command(http, signed_in):
    """It is decided on its own: an answer never speaks of a body that was not decided."""
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first, second = (vote(http, signed_in(), choice=choice, **key).json() for choice in ("yes", "no"))
    assert (first["choice"], second["choice"]) == ("yes", "no")
    assert first["command"] != second["command"]


def test_a_refusal_is_a_problem(http, signed_in):
    answer = vote(http, signed_in(), choice="refused")
    assert answer.status_code == 409
    assert answer.json()["code"] == "sample.title_taken"


def test_who_does_not_want_to_wait_gets_202_and_a_place_to_look(http, signed_in):
    answer = vote(http, signed_in(), Prefer="respond-async")
    assert answer.status_code == 202
    assert answer.headers["preference-applied"] == "respond-async"
    assert answer.headers["location"] == f"{VOTES}/{answer.json()['command']}"


def test_an_outcome_that_is_late_is_202_and_the_same_later(run_gateway, sample, keys, signed_in):
    hasty = run_gateway(WSIS_GATEWAY_COMMAND_WAIT="0.2").http
    key = {"Idempotency-Key": str(uuid.uuid4())}
    late = vote(hasty, signed_in(), seconds=0.8, **key)
    assert late.status_code == 202
    done = wait_for(lambda: (again := vote(hasty, signed_in(), seconds=0.8, **key)).status_code == 200 and again, 10)
    assert done.json()["command"] == late.json()["command"]


def test_the_body_and_the_permission_are_checked_before_anything_is_stored(http, signed_in):
    assert http.post(VOTES, json={"choice": "a b"}, headers=signed_in()).status_code == 422
    assert http.post(VOTES, json={"choice": "yes"}).status_code == 401
