"""Sessions: how they are refreshed, how long they last, and who ends them; over a real broker and a real store."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from wsis_shared import clock
from wsis_shared.clock import parse
from wsis_shared.context import Actor
from wsis_testkit import refused, wait_for

from .conftest import outcome

SIGN_IN_AGAIN = "accounts.sign_in_again"


def actor(tokens):
    """Who holds the tokens, in their session."""
    return Actor(tokens["account"], ("member",), session_of(tokens))


def session_of(tokens):
    """The id of their session."""
    return tokens["refresh_token"].split(".")[0]


def later(**times):
    """The context of a call that comes after some time."""
    return {"received_at": clock.now() + timedelta(**times)}


def works(client, tokens):
    """Is the session refreshed? The tokens are the new ones then."""
    answer = outcome(client.post, "refresh", refresh_token=tokens["refresh_token"])
    if isinstance(answer, dict):
        tokens.update(answer)
    return isinstance(answer, dict)


def revoked(accounts, tokens):
    """Wait for the news that ends the access tokens of the session."""
    return wait_for(lambda: [e for e in accounts.events.of("tokens_revoked") if e["subject"] == session_of(tokens)])


def test_refresh_tokens_rotate_and_a_second_use_ends_the_session(accounts, client):
    first = client.tokens()["refresh_token"]
    second = client.post("refresh", refresh_token=first)["refresh_token"]
    late = {"received_at": clock.now() + timedelta(minutes=2)}
    third = accounts.call("refresh", context=late, body={"refresh_token": second})["refresh_token"]
    with refused("accounts.refresh_invalid"):
        accounts.call("refresh", context=late, body={"refresh_token": first})
    with refused("accounts.refresh_invalid"):
        accounts.call("refresh", context=late, body={"refresh_token": third})


def test_an_answer_that_was_lost_may_be_asked_for_again(client):
    first = client.tokens()["refresh_token"]
    client.post("refresh", refresh_token=first)
    again = client.post("refresh", refresh_token=first)["refresh_token"]
    assert client.post("refresh", refresh_token=again)["access_token"]


def test_tabs_that_refresh_at_once_stay_signed_in(accounts, client):
    first = client.tokens()["refresh_token"]
    with ThreadPoolExecutor(8) as pool:
        tabs = list(pool.map(lambda _: client.post("refresh", refresh_token=first)["refresh_token"], range(8)))
    assert len(set(tabs)) == 1
    assert tabs[0] != first
    next_time = {"context": later(minutes=10), "body": {"refresh_token": tabs[0]}}
    again = [accounts.call("refresh", **next_time)["refresh_token"] for _ in range(2)]
    assert len({tabs[0], *again}) == 2


def test_a_stolen_token_that_both_have_used_ends_the_session_at_its_next_use_by_the_second(accounts, client):
    """The thief copies a token, and refreshes within the minute in which the owner does: both have the same next one.
    Then one of them refreshes it, and the other comes later."""
    stolen = client.tokens()["refresh_token"]
    owner, thief = (client.post("refresh", refresh_token=stolen) for _ in range(2))
    assert owner["refresh_token"] == thief["refresh_token"]
    kept = accounts.call("refresh", context=later(minutes=8), body={"refresh_token": thief["refresh_token"]})
    body = {"refresh_token": owner["refresh_token"]}
    assert outcome(accounts.call, "refresh", context=later(minutes=10), body=body) == "accounts.refresh_invalid"
    body = {"refresh_token": kept["refresh_token"]}
    assert outcome(accounts.call, "refresh", context=later(minutes=10), body=body) == "accounts.refresh_invalid"
    assert revoked(accounts, owner), "and the access tokens of both"


def test_made_up_refresh_tokens_end_nobodys_session(client):
    token = client.tokens()["refresh_token"]
    session = token.split(".")[0]
    for forged in (f"{session}.1.{'x' * 43}.{'y' * 22}", "nonsense", token[:-3] + "abc"):
        with refused("accounts.refresh_invalid"):
            client.post("refresh", refresh_token=forged)
    assert client.post("refresh", refresh_token=token)["access_token"]


def test_signing_out_here_and_everywhere(accounts, client):
    here = client.tokens()
    there = client.sign_in()
    accounts.call("sign_out", actor(here))
    with refused("accounts.refresh_invalid"):
        client.post("refresh", refresh_token=here["refresh_token"])
    there = client.post("refresh", refresh_token=there["refresh_token"])
    accounts.call("sign_out_everywhere", actor(there))
    with refused("accounts.refresh_invalid"):
        client.post("refresh", refresh_token=there["refresh_token"])


# -- how long ----------------------------------------------------------------------------------------------------------


def test_a_session_that_nobody_uses_ends(accounts, client, people):
    for times, still in (({"days": 13, "hours": 23}, True), ({"days": 14}, False)):
        token = people().tokens()["refresh_token"]
        answer = outcome(accounts.call, "refresh", context=later(**times), body={"refresh_token": token})
        assert (isinstance(answer, dict), answer == "accounts.refresh_invalid") == (still, not still), times


def test_a_session_of_staff_that_nobody_uses_ends_within_the_hour(accounts, people, officer):
    for minutes, still in ((59, True), (60, False)):
        tokens = people().tokens()
        juror = {"roles": ["juror"], "reason": "Expert Group"}
        accounts.call("set_roles", officer, account=tokens["account"], body=juror)
        body = {"refresh_token": tokens["refresh_token"]}
        answer = outcome(accounts.call, "refresh", context=later(minutes=minutes), body=body)
        assert (isinstance(answer, dict), answer == "accounts.refresh_invalid") == (still, not still), minutes
        if still:
            assert answer["refresh_expires_in"] <= 3600


# -- which, and how many -----------------------------------------------------------------------------------------------


def test_a_sign_in_ends_the_session_that_the_client_had(accounts, client, people):
    former, elsewhere, stranger = client.tokens(), client.sign_in(), people().tokens()
    again = client.sign_in(refresh_token=former["refresh_token"])
    assert [works(client, tokens) for tokens in (former, elsewhere, again)] == [False, True, True]
    assert revoked(accounts, former)
    made_up = stranger["refresh_token"][:-3] + "abc"
    client.sign_in(refresh_token=made_up)
    assert works(client, stranger), "a token that was never ours ends nothing, and keeps nobody out"


def test_a_failed_sign_in_ends_nothing(client):
    former = client.tokens()
    refusal = outcome(
        client.post, "sign_in", email=client.address, code="000000", refresh_token=former["refresh_token"]
    )
    assert refusal == "accounts.code_invalid"
    assert works(client, former)


def test_one_session_too_many_ends_the_one_used_least_recently(accounts, client):
    first, second = client.tokens(), client.sign_in()
    assert works(client, first), "and is used more recently now"
    id, begun = first["account"], accounts.database.sessions.find_one({"_id": session_of(first)})
    others = [{**begun, "_id": f"{id}-{number}", "used_at": clock.now()} for number in range(18)]
    accounts.database.sessions.insert_many(others)
    last = client.sign_in()
    assert [works(client, tokens) for tokens in (second, first, last)] == [False, True, True]
    assert revoked(accounts, second)
    assert accounts.database.sessions.count_documents({"account": id, "ended_at": None}) == 20


def test_people_see_their_sessions_that_go_on_and_no_token(accounts, client, people):
    first, second, third = client.tokens(), client.sign_in(), client.sign_in()
    people().tokens()
    accounts.call("sign_out", actor(second))
    rows, after = [], None
    for _ in range(2):
        page = accounts.call("list_sessions", actor(first), limit=1, after=after)
        rows, after = rows + page["items"], page["next"]
    assert after is None
    assert [(row["session"], row["current"]) for row in rows] == [(session_of(third), False), (session_of(first), True)]
    assert {name for row in rows for name in row} == {"session", "current", "started_at", "used_at", "ends_at"}
    assert [parse(row["ends_at"]) - parse(row["used_at"]) for row in rows] == [timedelta(days=14)] * 2
    page = accounts.call("list_sessions", actor(first), context=later(days=14), limit=20, after=None)
    assert page["items"] == [], "nor one that ended because nobody used it"


# -- who ends them -----------------------------------------------------------------------------------------------------


def test_people_end_any_of_their_sessions_after_a_fresh_sign_in(accounts, client):
    lost, here = client.tokens(), client.sign_in()
    body = {"session": session_of(lost)}
    assert outcome(accounts.call, "end_my_session", actor(here), context=later(minutes=11), **body) == SIGN_IN_AGAIN
    assert works(client, lost)
    accounts.call("end_my_session", actor(here), **body)
    assert [works(client, tokens) for tokens in (lost, here)] == [False, True]
    assert revoked(accounts, lost)
    assert outcome(accounts.call, "end_my_session", actor(here), **body) == "accounts.session_unknown"


def test_signing_out_everywhere_asks_for_a_fresh_sign_in_however_often_it_was_refreshed(accounts, client):
    here = client.tokens()
    assert works(client, here)
    assert outcome(accounts.call, "sign_out_everywhere", actor(here), context=later(minutes=11)) == SIGN_IN_AGAIN
    assert works(client, here)


def test_nobody_sees_or_ends_the_session_of_another(accounts, client, people):
    mine, thief = client.tokens(), people().tokens()
    seen = accounts.call("list_sessions", actor(thief), limit=20, after=None)["items"]
    assert [row["session"] for row in seen] == [session_of(thief)]
    act = outcome(accounts.call, "end_my_session", actor(thief), session=session_of(mine))
    assert act == "accounts.session_unknown"
    accounts.call("sign_out", replace(actor(thief), session=session_of(mine)))
    assert works(client, mine)


def test_a_session_without_a_name_is_none_of_mine(accounts, client):
    mine = client.tokens()
    assert outcome(accounts.call, "end_my_session", actor(mine), session="") == "accounts.session_unknown"
    assert works(client, mine)
