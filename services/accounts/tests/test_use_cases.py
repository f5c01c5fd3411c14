"""The service over a real broker and a real store."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from wsis_shared import clock
from wsis_shared.auth import Verifier
from wsis_testkit import refused, wait_for

from .conftest import challenge_of, outcome, registration


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
    challenge = challenge_of(mail)
    assert mail["url"] == f"page:/confirm#{challenge}.{mail['code']}"
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
    with refused("accounts.email_not_mailable") as refusal:
        accounts.call("register", body=body)
    assert list(refusal.value.fields) == ["email"]
    assert accounts.database.mailboxes.find_one({"email": body["email"]}) is None
    accounts.call("register", body=registration(f"{uuid.uuid4().hex}@bücher.example"))  # a domain has an ASCII form


def test_the_link_of_the_mail_confirms_too(client):
    client.register()
    mail = client.mail()
    challenge, code = mail["url"].partition("#")[2].split(".")
    assert client.post("confirm", challenge=challenge, code=code)["account"]


def test_each_of_the_128_bits_of_a_link_is_random(accounts, people):
    asked = []
    for one in (people() for _ in range(40)):
        one.register()
        mailbox = accounts.database.mailboxes.find_one({"email": one.address})
        asked.append(int(mailbox["challenges"][-1]["id"], 16))
    bits = [{id >> bit & 1 for id in asked} for bit in range(128)]
    assert [bit for bit, seen in enumerate(bits) if seen != {0, 1}] == []
    assert max(asked) < 1 << 128


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
    with refused("accounts.code_invalid"):
        client.post("confirm", email=other.address, code=client.mail()["code"])


def test_a_code_is_too_late_after_ten_minutes(accounts, client):
    client.register()
    body = {"email": client.address, "code": client.mail()["code"]}
    with refused("accounts.code_invalid"):
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
    return client.post("sign_in", challenge=challenge_of(mail), code=mail["code"])


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
    assert (mail["code"], mail["url"]) == ("", "page:/sign-up")


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


@pytest.mark.parametrize("call", ["register", "request_code", "renew", "mail_erasure_link"])
def test_a_form_that_is_sent_again_under_its_key_is_one_mail(accounts, client, call):
    body = registration(client.address) if call == "register" else {"email": client.address}
    key = {"idempotency_key": uuid.uuid4().hex}
    asked = []
    for _ in range(2):
        answer = accounts.call(call, context=key, body=body)
        stored = (
            accounts.database[name].find_one({"email": client.address}) for name in ("mailboxes", "erasure_links")
        )
        asked.append((answer, [*stored]))
    assert asked[0] == asked[1]
    assert any(asked[0][1])


def test_guessing_is_stopped_for_known_and_unknown_alike_and_the_owner_gets_in(client, people):
    client.tokens()
    for someone in (client, people()):
        guesses = [outcome(someone.post, "sign_in", email=someone.address, code="000000") for _ in range(12)]
        assert guesses == ["accounts.code_invalid"] * 10 + ["accounts.codes_locked"] * 2
    with refused("accounts.codes_locked") as refusal:
        client.post("sign_in", email=client.address, code="000000")
    assert 0 < refusal.value.params["retry_after"] <= 60
    client.post("request_code", email=client.address)
    mail = client.mail("sign_in_requested")
    assert client.post("sign_in", challenge=challenge_of(mail), code=mail["code"])["account"]


def test_mail_addresses_that_are_none_are_refused_by_field(client):
    for address in ("a@b", "a..b@ngo.example", "a@-x.org"):
        with refused("accounts.email_invalid") as refusal:
            client.post("request_code", email=address)
        assert refusal.value.fields["email"]


def test_a_call_for_a_code_that_is_over_makes_none(accounts, client):
    client.register()
    first = challenge_of(client.mail())
    client.post("renew", email=client.address)
    client.post("confirm", email=client.address, code=client.mail()["code"])
    with refused("accounts.challenge_over"):
        accounts.call("issue_code", data={"challenge": first, "purpose": "confirm"}, account=None)


# -- secrets ---------------------------------------------------------------------------------------------------------


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
    wait_for(lambda: accounts.database.outbox.find_one() is None)
    for name in accounts.database.list_collection_names():
        if name != "inbox":
            text = str(list(accounts.database[name].find({})))
            assert client.address not in text
            assert name not in text
    assert accounts.database.sessions.count_documents({"account": me.id}) == 0
    for call in (lambda: accounts.call("read_me", me), lambda: accounts.call("profile", account=me.id)):
        with refused("accounts.account_unknown"):
            call()
    assert accounts.call("contacts", ids=[me.id]) == []


def test_whoever_comes_back_gets_the_id_of_then_and_no_second_ballot(accounts, client):
    me = client.member()
    accounts.call("erase_me", me)
    client.register(given_name="Awa")
    back = client.post("confirm", email=client.address, code=client.mail()["code"])
    assert back["account"] == me.id
    assert accounts.call("profile", account=me.id)["names"] == "Awa Diallo"
