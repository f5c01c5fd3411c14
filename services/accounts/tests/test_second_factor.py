"""The authenticator app: what its code opens, and what whoever has the mailbox alone cannot do."""

import base64
import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from wsis_shared import clock
from wsis_shared.context import Actor
from wsis_testkit import refused, wait_for

from wsis_accounts.commands import accounts as command
from wsis_accounts.rules import authenticators
from wsis_accounts.rules.codes import FAILURES
from wsis_accounts.rules.sessions import FRESH

from .conftest import appointed, outcome


@pytest.fixture(scope="module")
def accounts(serve, database, published):
    events = published("accounts")
    served = serve("accounts", WSIS_STAFF_SECOND_FACTOR="yes", WSIS_CHALLENGE_COST="10")
    served.database, served.events = database("accounts"), events
    return served


def roles_in(tokens):
    """Those of the access token."""
    payload = tokens["access_token"].split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["roles"]


def session(tokens):
    """Who has these tokens."""
    return Actor(tokens["account"], tuple(roles_in(tokens)), tokens["refresh_token"].split(".")[0])


def code(made, later=0):
    """What the app shows now, or steps later; the clock of a telephone may be one off."""
    return authenticators.code(made["secret"], clock.now() + later * authenticators.STEP)


def show(client, tokens, typed):
    return outcome(client.post, "show_code", code=typed, refresh_token=tokens["refresh_token"])


def set_up(client, tokens):
    """(what was given, the tokens of the session that has shown its first code)."""
    made = client.served.call("make_authenticator", session(tokens))
    return made, show(client, tokens, code(made))


def told(client, event, tokens):
    """Wait until the owner is mailed."""
    wait_for(lambda: tokens["account"] in [each["subject"] for each in client.events.of(event)], what=event)


@pytest.fixture
def member(client):
    """A member who has an authenticator, without need."""
    made, tokens = set_up(client, client.tokens())
    return made, tokens


@pytest.fixture
def staff(client):
    """A new officer, as the command makes the first one, signed in."""
    appointed(client.address)
    return client.sign_in()


def test_whoever_has_the_mailbox_offers_no_authenticator_once_there_is_one():
    """However long their request was under way: it began before the owner's app had shown its first code."""
    owners, thiefs = (authenticators.Key(authenticators.new_secret(), (), clock.now()) for _ in range(2))
    none = authenticators.Authenticator("amina")
    assert authenticators.offer(none, thiefs, shown=False).offered == thiefs
    has_one = replace(none, key=owners)
    with refused("accounts.authenticator_needed"):
        authenticators.offer(has_one, thiefs, shown=False)
    assert authenticators.offer(has_one, owners, shown=True).offered == owners


def test_an_officer_is_a_member_until_an_authenticator_is_set_up(client, staff):
    assert (staff["missing"], roles_in(staff)) == ("authenticator", ["member"])
    _, tokens = set_up(client, staff)
    assert (tokens["missing"], roles_in(tokens)) == (None, ["member", "officer"])
    renewed = client.post("refresh", refresh_token=tokens["refresh_token"])
    assert roles_in(renewed) == ["member", "officer"], "once in a session"
    told(client, "authenticator_added", staff)


def test_each_sign_in_asks_for_a_code_and_each_code_works_once(client, staff):
    made, first = set_up(client, staff)
    again = client.sign_in()
    assert (again["missing"], roles_in(again)) == ("code", ["member"])
    assert show(client, again, code(made)) == "accounts.authenticator_code_invalid", "that of the first"
    shown = show(client, again, code(made, later=1))
    assert roles_in(shown) == ["member", "officer"]
    assert show(client, first, code(made, later=1)) == "accounts.authenticator_code_invalid", "in no other session"


def test_a_member_needs_none_and_may_have_one(client, member):
    _, tokens = member
    assert client.sign_in()["missing"] == "code"
    client.served.call("remove_authenticator", session(tokens))
    told(client, "authenticator_removed", tokens)
    assert client.sign_in()["missing"] is None
    assert outcome(client.served.call, "remove_authenticator", session(tokens)) == "accounts.authenticator_none"


def test_who_has_the_mailbox_alone_neither_reads_changes_nor_removes_it(client, member):
    thief = client.sign_in()
    for act in ("make_authenticator", "remove_authenticator"):
        assert outcome(client.served.call, act, session(thief)) == "accounts.authenticator_needed"
    seen = client.served.call("read_authenticator", session(thief))
    assert (seen["active"], seen["missing"], seen["recovery_codes_left"]) == (True, "code", 10)
    assert not {"secret", "uri", "recovery_codes"} & set(seen)
    assert show(client, {"refresh_token": "1.1.x.y"}, "123456") == "accounts.refresh_invalid"


def test_an_old_sign_in_makes_none(client):
    tokens = client.tokens()
    client.served.database.sessions.update_one(
        {"_id": session(tokens).session}, {"$set": {"started_at": clock.now() - FRESH}}
    )
    assert outcome(client.served.call, "make_authenticator", session(tokens)) == "accounts.sign_in_again"


def test_a_recovery_code_works_once_and_its_owner_is_told(client, member):
    made, _ = member
    lost, typed = client.sign_in(), made["recovery_codes"][3]
    assert show(client, lost, typed)["missing"] is None
    assert show(client, client.sign_in(), typed) == "accounts.authenticator_code_invalid"
    told(client, "recovery_code_used", lost)
    assert client.served.call("read_authenticator", session(lost))["recovery_codes_left"] == 9


def test_another_app_takes_the_place_of_the_first_once_it_shows_a_code(client, member):
    made, tokens = member
    other = client.served.call("make_authenticator", session(tokens))
    assert show(client, client.sign_in(), made["recovery_codes"][0])["missing"] is None, "the first counts until then"
    assert show(client, tokens, code(other))["missing"] is None
    again = client.sign_in()
    assert show(client, again, made["recovery_codes"][1]) == "accounts.authenticator_code_invalid"
    assert show(client, again, other["recovery_codes"][1])["missing"] is None


def test_guesses_wait_and_the_session_stays(client, member):
    made, _ = member
    guesser = client.sign_in()
    refused = [show(client, guesser, "000000") for _ in range(FAILURES)]
    assert refused == ["accounts.authenticator_code_invalid"] * FAILURES
    assert show(client, guesser, made["recovery_codes"][0]) == "accounts.authenticator_waits", "a right one too"
    assert client.post("refresh", refresh_token=guesser["refresh_token"])["missing"] == "code"


def test_nothing_in_the_store_opens_anything(client, member):
    made, tokens = member
    kept = client.served.database.authenticators.find_one({"_id": tokens["account"]})
    for each in (made["secret"], *made["recovery_codes"]):
        assert each.encode() not in repr(kept).encode()


def test_one_officer_removes_that_of_a_member_and_two_that_of_an_officer(client, member, officer, second, people):
    _, tokens = member
    reason = {"reason": "Lost the telephone; called back"}
    done = client.served.call("remove_their_authenticator", officer, account=tokens["account"], body=reason)
    assert (done["authenticator"], done["removal_proposed"]) == (False, False)
    assert outcome(client.post, "refresh", refresh_token=tokens["refresh_token"]) == "accounts.refresh_invalid"
    assert client.sign_in()["missing"] is None

    colleague = people()
    appointed(colleague.address)
    _, raised = set_up(colleague, colleague.sign_in())
    arguments = {"account": raised["account"], "body": reason}
    proposed = client.served.call("remove_their_authenticator", officer, **arguments)
    assert (proposed["authenticator"], proposed["removal_proposed"]) == (True, True)
    [waiting] = client.served.call("read_account", second, account=raised["account"])["proposals"]
    assert (waiting["removal"], waiting["block"], waiting["roles"]) == (True, False, [])
    decision = {"proposed_at": waiting["proposed_at"], **reason}
    own = outcome(client.served.call, "approve_proposal", officer, account=raised["account"], body=decision)
    assert own == "accounts.own_proposal"
    done = client.served.call("approve_proposal", second, account=raised["account"], body=decision)
    assert (done["authenticator"], done["removal_proposed"]) == (False, False)
    assert colleague.sign_in()["missing"] == "authenticator"


def test_an_operator_at_the_machine_removes_it(client, member):
    _, tokens = member
    arguments = ["remove-authenticator", "--account", tokens["account"], "--reason", "The only officer lost it"]
    done = CliRunner().invoke(command, arguments)
    assert (done.exit_code, done.stdout.strip()) == (0, tokens["account"])
    told(client, "authenticator_removed", tokens)
    assert outcome(client.post, "refresh", refresh_token=tokens["refresh_token"]) == "accounts.refresh_invalid"
    assert client.sign_in()["missing"] is None


def test_the_first_one_ends_the_tokens_of_sessions_that_have_shown_none(client):
    former = client.tokens()
    set_up(client, client.sign_in())
    revoked = client.served.call("revocations")["revocations"]
    assert former["account"] in [each["id"] for each in revoked if each["kind"] == "account"]
    assert client.post("refresh", refresh_token=former["refresh_token"])["missing"] == "code"


def test_it_goes_with_its_owner(client, member):
    _, tokens = member
    client.served.call("erase_me", session(tokens))
    assert client.served.database.authenticators.find_one({"_id": tokens["account"]}) is None
