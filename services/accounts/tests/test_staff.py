"""Officers and operators, other services, and the commands: over a real broker and a real store."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import KeySet
from wsis_shared import audit, clock
from wsis_shared.auth import Verifier
from wsis_shared.context import Actor
from wsis_shared.plugin import discover
from wsis_testkit import publish, refused, wait_for

from wsis_accounts.events import audited

from .conftest import appointed, outcome

# -- officers ----------------------------------------------------------------------------------------------------------


def by_two(call, method, officer, **arguments):
    """What unmakes an officer: two ask for it."""
    call(method, officer, **arguments)
    return call(method, appointed(), **arguments)


def test_roles_count_from_the_next_refresh_and_are_audited(accounts, client, officer):
    tokens = client.tokens()
    changed = accounts.call(
        "set_roles",
        officer,
        account=tokens["account"],
        body={"roles": ["agency", "juror"], "agency": "itu", "reason": "Expert Group"},
    )
    assert changed["roles"] == ["member", "agency", "juror"]
    refreshed = client.post("refresh", refresh_token=tokens["refresh_token"])
    assert tokens["refresh_expires_in"] > 13 * 86400
    assert refreshed["refresh_expires_in"] <= 3600, "as long as staff may leave a session unused"
    session = accounts.database.sessions.find_one({"account": tokens["account"]})
    assert session["expires_at"] - session["started_at"] <= timedelta(hours=12, minutes=1), "a longer one ends earlier"
    actor = Verifier(lambda: accounts.call("jwks")).verify(refreshed["access_token"])
    assert (actor.roles, actor.agency) == (("member", "agency", "juror"), "itu")
    told = wait_for(lambda: [e for e in accounts.events.of("roles_changed") if e["subject"] == actor.id])
    named = accounts.call("role_names", data=told[0]["data"], account=actor.id)["role_names"]
    assert named == "membre, représentant d’une institution, membre du Groupe d’experts"

    def entries():
        return accounts.call("list_audit", officer, limit=10, after=None, object=f"account/{actor.id}")["items"]

    entry = wait_for(entries)[0]
    assert (entry["actor"], entry["source"], entry["reason"]) == (officer.id, "accounts", "Expert Group")
    assert (entry["before"]["roles"], entry["after"]["roles"]) == (["member"], ["member", "agency", "juror"])


def test_two_officers_make_an_operator_and_one_with_friends_does_not(accounts, officer, second, client, people):
    friend, body = client.member(), {"roles": ["officer", "operator"], "reason": "Help"}

    def asked(who):
        changed = accounts.call("set_roles", who, account=friend.id, body=body)
        return changed["roles"], changed["proposed"]

    proposed = (["member"], ["officer", "operator"])
    assert [asked(officer), asked(officer)] == [proposed, proposed]
    assert outcome(asked, friend) == "accounts.authority_ended", "a proposed officer is none"
    by_two(accounts.call, "block", officer, account=second.id, body={"reason": "So that nobody sees it"})
    assert outcome(asked, second) == "accounts.authority_ended"
    accounts.call("unblock", officer, account=second.id, body={"reason": "Seen"})
    assert asked(second) == (["member", "officer", "operator"], [])


def test_the_second_officer_decides_on_what_the_first_one_proposes(accounts, officer, second, client):
    friend = client.member()

    def proposed(reader=second):
        return accounts.call("read_account", reader, account=friend.id)["proposals"]

    def decided(act, who, at):
        body = {"proposed_at": at, "reason": "Seen"}
        return outcome(accounts.call, f"{act}_proposal", who, account=friend.id, body=body)

    body = {"roles": ["officer", "agency"], "agency": "itu", "reason": "She joins us"}
    accounts.call("set_roles", officer, account=friend.id, body=body)
    [first] = proposed()
    assert (first["granted"], first["withdrawn"], first["block"]) == (["officer"], [], False)
    assert (first["by"], first["reason"], first["own"]) == (officer.id, "She joins us", False)
    assert (sorted(first["roles"]), proposed(officer)[0]["own"]) == (["agency", "officer"], True)
    at = clock.parse(first["proposed_at"])
    assert decided("approve", officer, at) == "accounts.own_proposal"
    assert decided("approve", second, at - timedelta(seconds=1)) == "accounts.proposal_unknown"
    assert decided("refuse", second, at)["roles"] == ["member", "agency"]
    assert (proposed(), decided("approve", second, at)) == ([], "accounts.proposal_unknown")
    accounts.call("set_roles", officer, account=friend.id, body=body)
    done = decided("approve", second, clock.parse(proposed()[0]["proposed_at"]))
    assert (done["roles"], done["agency"], proposed()) == (["member", "officer", "agency"], "itu", [])
    accounts.call("block", officer, account=friend.id, body={"reason": "Stolen"})
    assert decided("approve", friend, clock.parse(proposed()[0]["proposed_at"])) == "accounts.own_roles"
    assert decided("approve", second, clock.parse(proposed()[0]["proposed_at"]))["state"] == "blocked"

    def audited_acts():
        page = accounts.call("list_audit", officer, limit=20, after=None, object=f"account/{friend.id}")
        return [entry["action"] for entry in page["items"]]

    wait_for(lambda: "accounts.proposal_refused" in audited_acts(), what="the refusal in the audit log")


def test_what_a_former_officer_proposed_is_proposed_by_the_next_who_asks(accounts, officer, second, client):
    friend, third, body = client.member(), appointed(), {"roles": ["operator"], "reason": "Help"}
    accounts.call("set_roles", officer, account=friend.id, body=body)
    by_two(accounts.call, "block", second, account=officer.id, body={"reason": "Left"})
    at = clock.parse(accounts.call("read_account", second, account=friend.id)["proposals"][0]["proposed_at"])
    decision = {"proposed_at": at, "reason": "Seen"}
    refusal = outcome(accounts.call, "approve_proposal", second, account=friend.id, body=decision)
    assert refusal == "accounts.proposal_unknown"
    assert accounts.call("set_roles", second, account=friend.id, body=body)["proposed"] == ["operator"]
    assert accounts.call("set_roles", third, account=friend.id, body=body)["roles"] == ["member", "operator"]


def test_an_act_needs_the_power_that_its_officer_has_now(accounts, officer, second, client):
    friend = client.member()
    acts = {
        "set_roles": {"roles": ["juror"], "reason": "A friend"},
        "block": {"reason": "Not a friend"},
        "unblock": {"reason": "A friend"},
    }

    def refusal():
        return [outcome(accounts.call, act, second, account=friend.id, body=body) for act, body in acts.items()]

    by_two(accounts.call, "block", officer, account=second.id, body={"reason": "Left"})
    assert refusal() == ["accounts.authority_ended"] * len(acts)
    accounts.call("unblock", officer, account=second.id, body={"reason": "Back"})
    by_two(accounts.call, "set_roles", officer, account=second.id, body={"roles": ["juror"], "reason": "No officer"})
    assert refusal() == ["accounts.authority_ended"] * len(acts)
    assert outcome(accounts.call, "block", Actor("nobody", ("officer",)), account=friend.id, body=acts["block"]) == (
        "accounts.authority_ended"
    )
    assert accounts.call("profile", account=friend.id)["roles"] == ["member"]


def test_what_ends_tokens_is_on_the_list_and_what_does_not_is_not(accounts, officer, client, people):
    def listed(account):
        revoked = accounts.call("revocations")["revocations"]
        return [row["generation"] for row in revoked if (row["kind"], row["id"]) == ("account", account)]

    me = client.member()
    roles = partial(accounts.call, "set_roles", officer, account=me.id)
    steps = (
        (lambda: roles(body={"roles": ["juror"], "reason": "Given"}), []),
        (lambda: roles(body={"roles": [], "reason": "Taken"}), [1]),
        (lambda: accounts.call("block", officer, account=me.id, body={"reason": "Blocked"}), [2]),
        (lambda: accounts.call("block", officer, account=me.id, body={"reason": "Again"}), [2]),
        (lambda: accounts.call("unblock", officer, account=me.id, body={"reason": "Unblocked"}), [2]),
        (lambda: accounts.call("sign_out_everywhere", me), [3]),
        (lambda: accounts.call("erase_me", me), [4]),
    )
    for step, expected in steps:
        step()
        assert listed(me.id) == expected
    told = wait_for(lambda: [e for e in accounts.events.of("tokens_revoked") if e["data"]["generation"] == 4])
    assert told[-1]["data"]["id"] == me.id
    client.register()
    back = client.post("confirm", email=client.address, code=client.mail()["code"])
    published = KeySet.import_key_set(accounts.call("jwks"))
    claims = jwt.decode(back["access_token"], published, algorithms=["Ed25519"]).claims
    assert (claims["sub"], claims["gen"]) == (me.id, 4), "whoever comes back has tokens that work"
    until = accounts.call("revocations")["until"]
    other = people().member()
    accounts.call("sign_out", other)
    assert ("session", other.session) in {
        (row["kind"], row["id"]) for row in accounts.call("revocations", since=until)["revocations"]
    }


def test_replaced_keys_are_on_the_list_and_sign_no_more(accounts, client):
    from click.testing import CliRunner

    from wsis_accounts.commands import accounts as command

    def kid(tokens):
        return json.loads(base64.urlsafe_b64decode(tokens["access_token"].split(".")[0] + "=="))["kid"]

    tokens = client.tokens()
    assert CliRunner().invoke(command, ["replace-keys", "--yes"]).exit_code == 0
    listed = {row["id"] for row in accounts.call("revocations")["revocations"] if row["kind"] == "key"}
    assert kid(tokens) in listed
    fresh = client.post("refresh", refresh_token=tokens["refresh_token"])
    assert kid(fresh) not in listed, "not the key that this process had signed with"


def test_one_officer_shuts_out_no_other(accounts, officer, second):
    """Not by one act, not by both, not by repeating them; a second one who agrees does."""
    third = appointed()
    for _ in range(2):
        for method, body in (("set_roles", {"roles": [], "reason": "No"}), ("block", {"reason": "No"})):
            left = accounts.call(method, officer, account=second.id, body=body)
            assert (left["state"], left["roles"]) == ("active", ["member", "officer"])
    assert (left["withdrawals_proposed"], left["block_proposed"]) == (["officer"], True)
    assert accounts.call("block", third, account=second.id, body={"reason": "Agreed"})["state"] == "blocked"


def test_two_officers_cannot_take_the_role_from_each_other(accounts, officer, second):
    third, other = appointed(), second
    known = [officer.id, other.id, third.id]
    accounts.database.accounts.update_many({"_id": {"$nin": known}}, {"$set": {"roles": []}})
    for whom in (officer, other):
        accounts.call("set_roles", third, account=whom.id, body={"roles": [], "reason": "Proposed"})

    def demote(pair):
        who, whom = pair
        return outcome(accounts.call, "set_roles", who, account=whom.id, body={"roles": [], "reason": "No"})

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(demote, [(officer, other), (other, officer)]))
    assert accounts.database.accounts.count_documents({"roles": "officer", "state": "active"}) == 2


def test_an_operator_at_the_machine_blocks_an_officer_alone(accounts, officer, second):
    from click.testing import CliRunner

    from wsis_accounts.commands import accounts as command

    done = CliRunner().invoke(command, ["block", "--account", second.id, "--reason", "A stolen session"])
    assert (done.exit_code, done.stdout.strip()) == (0, second.id), done.output
    assert accounts.call("read_account", officer, account=second.id)["state"] == "blocked"
    revoked = accounts.call("revocations")["revocations"]
    assert ("account", second.id) in {(row["kind"], row["id"]) for row in revoked}


def test_the_last_officer_cannot_leave(accounts, client):
    officer = client.member()
    accounts.database.accounts.update_one({"_id": officer.id}, {"$set": {"roles": ["officer"]}})
    accounts.database.accounts.update_many({"_id": {"$ne": officer.id}}, {"$set": {"roles": []}})
    with refused("accounts.last_officer"):
        accounts.call("erase_me", officer)
    officer = Actor(officer.id, ("member", "officer"), officer.session)
    with refused("accounts.own_roles"):
        accounts.call("set_roles", officer, account=officer.id, body={"roles": ["officer"], "reason": "Me"})


def test_a_blocked_account_is_out_at_once(accounts, client, officer):
    tokens = client.tokens()
    me = Actor(tokens["account"], ("member",), "s")
    accounts.call("block", officer, account=me.id, body={"reason": "Bought votes"})
    with refused("accounts.refresh_invalid"):
        client.post("refresh", refresh_token=tokens["refresh_token"])
    with refused("accounts.blocked"):
        accounts.call("erase_me", me)
    client.post("request_code", email=client.address)
    with refused("accounts.blocked"):
        client.post("sign_in", email=client.address, code=client.mail("sign_in_requested")["code"])
    assert me.id not in str(accounts.call("contacts_page", after=None, limit=1000))
    accounts.call("unblock", officer, account=me.id, body={"reason": "A mistake"})
    client.post("request_code", email=client.address)
    code = client.mail("sign_in_requested")["code"]
    assert client.post("sign_in", email=client.address, code=code)["account"] == me.id


def test_officers_find_accounts(accounts, client, officer):
    word = f"zz{uuid.uuid4().hex[:8]}"
    account = client.tokens(organization=f"The {word} Foundation", country="NO")["account"]
    for query in ({"q": word[:6].upper()}, {"q": client.address.upper()}, {"q": f"amina {word}", "country": "NO"}):
        found = accounts.call("list_accounts", officer, limit=10, after=None, **query)
        assert [row["account"] for row in found["items"]] == [account], query
    assert accounts.call("list_accounts", officer, limit=10, after=None, q=word, country="SE")["items"] == []
    first = accounts.call("list_accounts", officer, limit=1, after=None)
    second = accounts.call("list_accounts", officer, limit=1, after=first["next"])
    assert first["items"][0]["account"] == account != second["items"][0]["account"]


def test_officers_read_days_and_owners_moments(accounts, client, officer):
    """Most confirm in order to vote, and the log tells when votes came into it."""
    tokens = client.tokens()
    id, names = tokens["account"], ("confirmed_at", "updated_at")
    stored = accounts.database.accounts.find_one({"_id": id})
    read = accounts.call("read_account", officer, account=id)
    [listed] = accounts.call("list_accounts", officer, limit=1, after=None)["items"]
    days = {name: f"{stored[name]:%Y-%m-%dT00:00:00Z}" for name in names}
    assert [{name: row[name] for name in names} for row in (read, listed)] == [days, days]
    own = accounts.call("read_me", Actor(id, ("member",), "session"))
    assert own["confirmed_at"] == clock.iso(stored["confirmed_at"])


def test_the_audit_collects_what_the_staff_of_other_services_did(accounts, amqp_client, officer):
    others = [key.source for key in audited(discover()) if key.source != "accounts"]
    for source in others or ["accounts"]:
        data = {**audit.ACTION_TAKEN.example, "object": f"test/{source}"}
        id = publish(amqp_client, source, "action_taken", data)
        publish(amqp_client, source, "action_taken", data, id=id)

        def entries(source=source):
            return accounts.call("list_audit", officer, limit=10, after=None, object=f"test/{source}")["items"]

        found = wait_for(entries)
        assert [(entry["source"], entry["reason"]) for entry in found] == [(source, "More time for voters")]


# -- peers -------------------------------------------------------------------------------------------------------------


def test_peers_page_through_contacts_and_ask_for_profiles(accounts, people, officer):
    made = {people().member().id for _ in range(3)}
    seen, after = [], None
    while True:
        page = accounts.call("contacts_page", after=after, limit=2)
        seen += [contact["account"] for contact in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert len(seen) == len(set(seen))
    assert made < set(seen)
    assert [row["account"] for row in accounts.call("contacts_page", role="officer")["items"]].count(officer.id) == 1
    profiles = accounts.call("profiles", ids=[*made, "nobody"])
    assert {profile["account"] for profile in profiles} == made
    assert "email" not in str(profiles)
    assert {trace["domain"] for trace in accounts.call("traces", ids=list(made))} == {"ngo.example"}


def test_the_command_gives_the_role_to_the_account_that_is_there(accounts, client):
    from click.testing import CliRunner

    from wsis_accounts.commands import accounts as command

    def appoint(address):
        typed = ["officer", "--email", address, "--given-name", "X", "--family-name", "Y"]
        return CliRunner().invoke(command, typed)

    account = client.tokens()["account"]
    done = appoint(client.address)
    assert done.stdout.strip() == account
    assert "/v1/sign-in/codes" in done.stderr
    profile = accounts.call("profile", account=account)
    assert (profile["roles"], profile["names"]) == (["member", "officer"], "Amina Diallo")
    assert appoint(client.address).stdout == done.stdout  # and a second time changes nothing
    assert accounts.call("profile", account=account)["roles"] == ["member", "officer"]
    assert appoint("not an address").exit_code == 1


def test_the_command_without_settings_names_the_one_that_is_missing():
    wsis = Path(sys.executable).with_name("wsis")
    outside = {name: value for name, value in os.environ.items() if not name.startswith("WSIS_")}
    done = subprocess.run(
        [wsis, "accounts", "officer", "--email", "ana@wsis.example"], env=outside, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: WSIS_SECRET must be set")


def test_an_empty_suite_has_no_account(database):
    """What prepares it makes keys, and nobody who could sign in: the first officer comes from the command line."""
    db = database("accounts")
    for name in db.list_collection_names():
        db[name].delete_many({})
    for preparation in ("migrate", "indexes", "seed"):
        subprocess.run([Path(sys.executable).with_name("wsis"), preparation, "accounts"], check=True)
    kept = {name for name in db.list_collection_names() if db[name].count_documents({})}
    assert "keys" in kept
    assert kept & {"accounts", "mailboxes", "sessions"} == set()
