"""The service over a real broker and a real store."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from wsis_shared import audit, clock
from wsis_shared.auth import Verifier
from wsis_shared.context import Actor
from wsis_shared.errors import Conflict, Forbidden, Invalid, NotFound, SuiteError, TooMany, Unauthenticated
from wsis_shared.plugin import discover
from wsis_testkit import publish, wait_for

from wsis_accounts.events import audited

from .conftest import registration


def outcome(call, *args, **kwargs):
    """What came back, or the code of the refusal."""
    try:
        return call(*args, **kwargs)
    except SuiteError as error:
        return error.code


def alike(accounts, someone, call, *args, **kwargs):
    """The answer of a call, and how much work it left: mails due and the fields that say so."""
    answer = outcome(call, *args, **kwargs)
    asked = accounts.database.mailboxes.find_one({"email": someone.address})["challenges"][-1]["id"]
    due = wait_for(lambda: [seen for seen in accounts.events.events if seen["subject"] == asked])
    return answer, [sorted(event["data"]) for event in due]


# -- registration ----------------------------------------------------------------------------------------------------


def test_a_mailbox_is_proved_and_then_has_an_account(accounts, client):
    client.register()
    assert accounts.database.accounts.find_one({"email": client.address}) is None
    mail = client.mail()
    assert mail["contact"] == {"email": client.address, "names": "", "locale": "fr"}
    assert mail["minutes"] == 10
    challenge = mail["url"].partition("#")[2]
    assert mail["url"] == f"https://wsis.example/confirm#{challenge}"
    assert mail["code"] not in mail["url"]
    tokens = client.post("confirm", email=client.address, code=mail["code"])
    actor = Verifier(lambda: accounts.call("jwks")).verify(tokens["access_token"])
    assert (actor.id, actor.roles) == (tokens["account"], ("member",))
    me = accounts.call("read_me", actor)
    assert (me["email"], me["names"], me["country"]) == (client.address, "Amina Diallo", "SN")
    told = wait_for(lambda: [e for e in accounts.events.of("account_confirmed") if e["subject"] == actor.id])
    kind = {"stakeholder_type": "civil_society", "country": "SN", "region": "africa"}
    assert told[0]["data"] == {"account": actor.id, **kind}


def test_an_address_that_the_relay_does_not_take_is_refused_with_the_field_named(accounts):
    body = registration("jürg@ngo.example")
    with pytest.raises(Invalid) as refused:
        accounts.call("register", body=body)
    assert refused.value.code == "accounts.email_not_mailable"
    assert list(refused.value.fields) == ["email"]
    assert accounts.database.mailboxes.find_one({"email": body["email"]}) is None
    accounts.call("register", body=registration(f"{uuid.uuid4().hex}@bücher.example"))  # a domain has an ASCII form


def test_the_link_of_the_mail_confirms_too(client):
    client.register()
    mail = client.mail()
    assert client.post("confirm", challenge=mail["url"].partition("#")[2], code=mail["code"])["account"]


def test_of_parallel_confirmations_exactly_one_wins(accounts, client):
    client.register()
    code = client.mail()["code"]
    with ThreadPoolExecutor(10) as pool:
        done = list(pool.map(lambda _: outcome(client.post, "confirm", email=client.address, code=code), range(10)))
    assert sum(isinstance(answer, dict) for answer in done) == 1
    assert {answer for answer in done if isinstance(answer, str)} == {"accounts.code_invalid"}
    assert accounts.database.accounts.count_documents({"email": client.address}) == 1


def test_a_code_is_for_its_own_mailbox(client, people):
    other = people()
    client.register(), other.register()
    with pytest.raises(Invalid):
        client.post("confirm", email=other.address, code=client.mail()["code"])


def test_a_code_is_too_late_after_ten_minutes(accounts, client):
    client.register()
    body = {"email": client.address, "code": client.mail()["code"]}
    with pytest.raises(Invalid):
        accounts.call("confirm", context={"received_at": clock.now() + timedelta(minutes=10)}, body=body)


def test_the_mail_can_be_had_again_and_the_first_code_works_on(client, people):
    """Else a stranger who asks makes the owner's code void. The one that is used makes all others void."""
    client.register()
    first = client.mail()["code"]
    client.post("renew", email=client.address)
    second = client.mail()
    assert client.post("confirm", email=client.address, code=first)["account"]
    assert outcome(by_link, client, second) == "accounts.code_invalid"


def by_link(client, mail):
    """Sign in with the link of a mail and its code."""
    return client.post("sign_in", challenge=mail["url"].partition("#")[2], code=mail["code"])


def test_strangers_neither_use_up_nor_kill_what_is_mailed_to_the_owner(accounts, client):
    """Codes asked for and guessed at without end: a code in the mailbox always works by its link."""
    client.tokens()
    for _ in range(12):
        client.post("request_code", email=client.address)
    mails = accounts.database.mailboxes.find_one({"email": client.address})["challenges"]
    assert [asked["spent"] for asked in mails] == [True, False, False, False, False], "five, with the registration's"
    client.post("request_code", email=client.address)  # the owner asks too
    mail = client.mail("sign_in_requested")
    for _ in range(20):
        outcome(client.post, "sign_in", email=client.address, code="000000")
    assert outcome(client.post, "sign_in", email=client.address, code=mail["code"]) == "accounts.codes_locked"
    assert by_link(client, mail)["account"]
    client.post("request_code", email=client.address)
    mail = client.mail("sign_in_requested")
    assert client.post("sign_in", email=client.address, code=mail["code"])["account"], "and may go on at once"


def test_whoever_registers_an_address_puts_nothing_into_the_account_of_its_owner(accounts, client):
    client.register(given_name="Awa")
    mail = client.mail()
    client.register(given_name="Eve")
    account = by_link(client, mail)["account"]
    assert accounts.call("profile", account=account)["names"] == "Awa Diallo"


def test_of_fifty_parallel_sign_ins_one_wins_and_nobody_is_locked_out(accounts, client):
    client.tokens()
    client.post("request_code", email=client.address)
    code = client.mail("sign_in_requested")["code"]
    with ThreadPoolExecutor(50) as pool:
        done = list(pool.map(lambda _: outcome(client.post, "sign_in", email=client.address, code=code), range(50)))
    assert sum(isinstance(answer, dict) for answer in done) == 1
    assert {answer for answer in done if isinstance(answer, str)} == {"accounts.code_invalid"}
    client.post("request_code", email=client.address)
    code = client.mail("sign_in_requested")["code"]
    assert client.post("sign_in", email=client.address, code=code)["account"]


def test_the_tags_of_a_mailbox_are_one_mailbox_for_its_mails(accounts, client, people):
    name = uuid.uuid4().hex[:12]
    owner = people()
    owner.address = f"{name}+work@ngo.example"
    owner.tokens()

    def waiting():
        tagged = {"email": {"$regex": f"^{name}[+]"}, "account": None}
        return accounts.database.mailboxes.count_documents(tagged)

    for number in range(20):
        accounts.call("register", body=registration(f"{name}+{number}@ngo.example"))
        client.post("request_code", email=f"{name}+x{number}@ngo.example")
    assert waiting() == 4, "five mails, with the owner's own"
    owner.post("request_code", email=owner.address)
    code = owner.mail("sign_in_requested")["code"]
    assert owner.post("sign_in", email=owner.address, code=code)["account"], "an account has its own limit"
    accounts.call("register", body=registration(f"{name}@ngo.example"))
    assert accounts.database.mailboxes.find_one({"email": f"{name}@ngo.example"}), "so has the address itself"


def test_aliases_lead_to_one_account(accounts, client, people):
    name = uuid.uuid4().hex[:10]
    client.address = f"{name}@gmail.com"
    account = client.tokens()["account"]
    alias = f"{name[:4]}.{name[4:]}+wsis@googlemail.com"
    accounts.call("register", body=registration(alias, given_name="Eve"))
    mail = client.mail("registration_repeated")
    assert mail["contact"] == {"email": client.address, "names": "Amina Diallo", "locale": "fr"}
    assert client.post("sign_in", email=alias, code=mail["code"])["account"] == account
    assert accounts.call("profile", account=account)["names"] == "Amina Diallo"


def test_known_and_unknown_addresses_are_answered_alike(accounts, client, people):
    client.tokens()
    stranger = people()
    known, unknown = (alike(accounts, someone, someone.register) for someone in (client, stranger))
    assert known == unknown
    other = people()
    known, unknown = (
        alike(accounts, someone, someone.post, "request_code", email=someone.address) for someone in (client, other)
    )
    assert known == unknown
    for someone in (client, stranger, people()):
        assert outcome(someone.post, "sign_in", email=someone.address, code="000000") == "accounts.code_invalid"


def test_an_unknown_address_that_wants_in_is_told_to_register(accounts, client):
    client.post("request_code", email=client.address)
    mail = client.mail("unknown_address_asked")
    assert (mail["code"], mail["url"]) == ("", "https://wsis.example/register")


def test_who_has_not_confirmed_yet_may_simply_sign_in(client):
    client.register()
    client.mail()
    client.post("request_code", email=client.address)
    assert client.post("sign_in", email=client.address, code=client.mail()["code"])["account"]


def test_a_mailbox_is_not_flooded(accounts, client):
    for _ in range(8):
        answer = client.register()
    assert answer == client.register()
    box = accounts.database.mailboxes.find_one({"email": client.address})
    assert len(box["challenges"]) == 5
    assert client.post("confirm", email=client.address, code=client.mail()["code"])["account"]


def test_guessing_is_stopped_for_known_and_unknown_alike_and_the_owner_gets_in(client, people):
    client.tokens()
    for someone in (client, people()):
        guesses = [outcome(someone.post, "sign_in", email=someone.address, code="000000") for _ in range(12)]
        assert guesses == ["accounts.code_invalid"] * 10 + ["accounts.codes_locked"] * 2
    with pytest.raises(TooMany) as refused:
        client.post("sign_in", email=client.address, code="000000")
    assert 0 < refused.value.params["retry_after"] <= 60
    client.post("request_code", email=client.address)
    mail = client.mail("sign_in_requested")
    assert client.post("sign_in", challenge=mail["url"].partition("#")[2], code=mail["code"])["account"]


def test_mail_addresses_that_are_none_are_refused_by_field(client):
    for address in ("a@b", "a..b@ngo.example", "a@-x.org"):
        with pytest.raises(Invalid) as refused:
            client.post("request_code", email=address)
        assert refused.value.fields["email"]


def test_a_call_for_a_code_that_is_over_makes_none(accounts, client):
    client.register()
    first = client.mail()["url"].partition("#")[2]
    client.post("renew", email=client.address)
    client.post("confirm", email=client.address, code=client.mail()["code"])
    with pytest.raises(NotFound):
        accounts.call("issue_code", data={"challenge": first, "purpose": "confirm"}, account=None)


# -- sessions ----------------------------------------------------------------------------------------------------------


def test_refresh_tokens_rotate_and_a_second_use_ends_the_session(accounts, client):
    first = client.tokens()["refresh_token"]
    second = client.post("refresh", refresh_token=first)["refresh_token"]
    late = {"received_at": clock.now() + timedelta(minutes=2)}
    third = accounts.call("refresh", context=late, body={"refresh_token": second})["refresh_token"]
    with pytest.raises(Unauthenticated):
        accounts.call("refresh", context=late, body={"refresh_token": first})
    with pytest.raises(Unauthenticated):
        accounts.call("refresh", context=late, body={"refresh_token": third})


def test_an_answer_that_was_lost_may_be_asked_for_again(client):
    first = client.tokens()["refresh_token"]
    client.post("refresh", refresh_token=first)
    again = client.post("refresh", refresh_token=first)["refresh_token"]
    assert client.post("refresh", refresh_token=again)["access_token"]


def test_made_up_refresh_tokens_end_nobodys_session(client):
    token = client.tokens()["refresh_token"]
    session = token.split(".")[0]
    for forged in (f"{session}.1.{'x' * 43}.{'y' * 22}", "nonsense", token[:-3] + "abc"):
        with pytest.raises(Unauthenticated):
            client.post("refresh", refresh_token=forged)
    assert client.post("refresh", refresh_token=token)["access_token"]


def test_signing_out_here_and_everywhere(accounts, client):
    here = client.tokens()
    client.post("request_code", email=client.address)
    there = client.post("sign_in", email=client.address, code=client.mail("sign_in_requested")["code"])
    me = Actor(here["account"], ("member",), here["refresh_token"].split(".")[0])
    accounts.call("sign_out", me)
    with pytest.raises(Unauthenticated):
        client.post("refresh", refresh_token=here["refresh_token"])
    there = client.post("refresh", refresh_token=there["refresh_token"])
    accounts.call("sign_out_everywhere", me)
    with pytest.raises(Unauthenticated):
        client.post("refresh", refresh_token=there["refresh_token"])


def test_nobody_ends_the_session_of_another(accounts, client, people):
    tokens = client.tokens()
    thief = replace(people().member(), session=tokens["refresh_token"].split(".")[0])
    accounts.call("sign_out", thief)
    assert client.post("refresh", refresh_token=tokens["refresh_token"])["access_token"]


def test_neither_codes_nor_tokens_lie_in_the_store(accounts, client):
    client.register()
    code = client.mail()["code"]
    key = {"idempotency_key": uuid.uuid4().hex}
    assert code not in str(accounts.database.mailboxes.find_one({"email": client.address}).get("challenges"))
    tokens = accounts.call("confirm", context=key, body={"email": client.address, "code": code})
    kept = str([list(accounts.database[name].find({})) for name in accounts.database.list_collection_names()])
    assert tokens["refresh_token"] not in kept
    assert tokens["access_token"] not in kept


def test_the_log_holds_no_address_and_no_code(accounts, client):
    tokens = client.tokens()
    client.post("request_code", email=client.address)
    code = client.mail("sign_in_requested")["code"]
    outcome(client.post, "sign_in", email=client.address, code=str((int(code) + 1) % 10**6).zfill(6))
    client.post("refresh", refresh_token=tokens["refresh_token"])
    log = accounts.log.read_text("utf-8")
    assert not [secret for secret in (client.address, tokens["refresh_token"], tokens["access_token"]) if secret in log]
    published = str(accounts.events.events)
    assert client.address not in published
    assert f"'{code}'" not in published


# -- my account --------------------------------------------------------------------------------------------------------


def test_people_change_what_is_theirs(accounts, client):
    me = client.member()
    changed = accounts.call("change_me", me, body={"given_name": "Aminata", "organization": None, "locale": "en"})
    assert (changed["names"], changed["organization"]) == ("Aminata Diallo", None)
    assert accounts.call("contacts", ids=[me.id]) == [
        {"account": me.id, "email": client.address, "names": "Aminata Diallo", "locale": "en"}
    ]


def test_an_export_holds_what_is_kept(accounts, client, officer):
    me = client.member()
    accounts.call("set_roles", officer, account=me.id, body={"roles": ["juror"], "reason": "Expert Group"})
    export = wait_for(lambda: (made := accounts.call("export_me", me))["audit"] and made)
    assert export["account"]["email"] == client.address
    assert export["trace"]["domain"] == "ngo.example"
    assert [session["session"] for session in export["sessions"]] == [me.session]
    assert [entry["action"] for entry in export["audit"]] == ["accounts.roles_changed"]
    assert not {"token", "former"} & set(export["sessions"][0])


def test_erasure_leaves_an_id_and_nothing_else(accounts, client):
    me = client.member()
    name = f"Z{uuid.uuid4().hex[:8]}"
    accounts.call("change_me", me, context={"idempotency_key": "k"}, body={"given_name": name})
    accounts.call("erase_me", me)
    told = wait_for(lambda: [e for e in accounts.events.of("account_erased") if e["subject"] == me.id])
    assert told[0]["data"] == {"account": me.id}
    farewell = accounts.call("farewell", data=told[0]["data"], account=None)
    assert farewell["contact"] == {"email": client.address, "names": f"{name} Diallo", "locale": "fr"}
    accounts.database.farewells.delete_many({})  # as the store does an hour later
    wait_for(lambda: not accounts.database.accounts.find_one({"_id": me.id}).get("outbox"))
    for name in accounts.database.list_collection_names():
        if name != "inbox":
            text = str(list(accounts.database[name].find({})))
            assert client.address not in text
            assert name not in text
    assert accounts.database.sessions.count_documents({"account": me.id}) == 0
    for call in (lambda: accounts.call("read_me", me), lambda: accounts.call("profile", account=me.id)):
        with pytest.raises(NotFound):
            call()
    assert accounts.call("contacts", ids=[me.id]) == []


def test_whoever_comes_back_gets_the_id_of_then_and_no_second_ballot(accounts, client):
    me = client.member()
    accounts.call("erase_me", me)
    client.register(given_name="Awa")
    back = client.post("confirm", email=client.address, code=client.mail()["code"])
    assert back["account"] == me.id
    assert accounts.call("profile", account=me.id)["names"] == "Awa Diallo"


# -- officers ----------------------------------------------------------------------------------------------------------


def test_roles_count_from_the_next_refresh_and_are_audited(accounts, client, officer):
    tokens = client.tokens()
    changed = accounts.call("set_roles", officer, account=tokens["account"],
                            body={"roles": ["agency", "juror"], "agency": "itu", "reason": "Expert Group"})  # fmt: skip
    assert changed["roles"] == ["member", "agency", "juror"]
    refreshed = client.post("refresh", refresh_token=tokens["refresh_token"])
    assert tokens["refresh_expires_in"] > 29 * 86400
    assert refreshed["refresh_expires_in"] <= 12 * 3600, "a longer session ends when the roles say so"
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
    accounts.call("block", officer, account=second.id, body={"reason": "So that nobody sees it"})
    assert outcome(asked, second) == "accounts.authority_ended"
    accounts.call("unblock", officer, account=second.id, body={"reason": "Seen"})
    assert asked(second) == (["member", "officer", "operator"], [])


def test_an_act_needs_the_power_that_its_officer_has_now(accounts, officer, second, client):
    friend = client.member()
    acts = {
        "set_roles": {"roles": ["juror"], "reason": "A friend"}, "block": {"reason": "Not a friend"},
        "unblock": {"reason": "A friend"},
    }  # fmt: skip

    def refused():
        return {outcome(accounts.call, act, second, account=friend.id, body=body) for act, body in acts.items()}

    accounts.call("block", officer, account=second.id, body={"reason": "Left"})
    assert refused() == {"accounts.authority_ended"}
    accounts.call("unblock", officer, account=second.id, body={"reason": "Back"})
    accounts.call("set_roles", officer, account=second.id, body={"roles": ["juror"], "reason": "No officer"})
    assert refused() == {"accounts.authority_ended"}
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


def test_two_officers_cannot_take_the_role_from_each_other(accounts, officer, second):
    other = second
    accounts.database.accounts.update_many({"_id": {"$nin": [officer.id, other.id]}}, {"$set": {"roles": []}})

    def demote(pair):
        who, whom = pair
        return outcome(accounts.call, "set_roles", who, account=whom.id, body={"roles": [], "reason": "No"})

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(demote, [(officer, other), (other, officer)]))
    assert accounts.database.accounts.count_documents({"roles": "officer", "state": "active"}) == 1


def test_the_last_officer_cannot_leave(accounts, officer):
    accounts.database.accounts.update_many({"_id": {"$ne": officer.id}}, {"$set": {"roles": []}})
    with pytest.raises(Conflict):
        accounts.call("erase_me", officer)
    with pytest.raises(Forbidden):
        accounts.call("set_roles", officer, account=officer.id, body={"roles": ["officer"], "reason": "Me"})


def test_a_blocked_account_is_out_at_once(accounts, client, officer):
    tokens = client.tokens()
    me = Actor(tokens["account"], ("member",), "s")
    accounts.call("block", officer, account=me.id, body={"reason": "Bought votes"})
    with pytest.raises(Unauthenticated):
        client.post("refresh", refresh_token=tokens["refresh_token"])
    with pytest.raises(Forbidden):
        accounts.call("erase_me", me)
    client.post("request_code", email=client.address)
    with pytest.raises(Forbidden):
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
