"""What the store keeps, refuses, and can be asked for."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from pymongo import monitoring
from pymongo.errors import DuplicateKeyError
from wsis_shared import keys as shared_keys
from wsis_shared import mongo
from wsis_shared.auth import Verifier
from wsis_shared.revocations import Kind, revocation
from wsis_testkit import refused

from wsis_accounts import tokens
from wsis_accounts.rules import codes, people, sessions
from wsis_accounts.rules.codes import Mailbox
from wsis_accounts.store import Signer, Store, hashing, keys
from wsis_accounts.store.revocations import Revocations

from .conftest import NOON, after, registration


@pytest.fixture
def store(database):
    db = database("accounts")
    for name in ("mailboxes", "accounts", "sessions", "audit", "keys"):
        db[name].delete_many({})
    return Store(db)


def ask(store, email, at=NOON):
    def work():
        read = store.mailbox(hashing.mailbox(email), email)
        asked = codes.register(read.mailbox, registration(email), f"c-{email}-{at.timestamp()}", "en", at)
        store.save_mailbox(read, asked, codes.kept_until(asked, at))
        return asked

    return mongo.in_transaction(work)


def an_account(store, id, **more):
    account = {**people.confirmed(id, f"mailbox-{id}", registration(), "ngo.example", None, NOON), **more}
    account["words"] = people.words(account)
    return store.save("accounts", account)


def test_a_mailbox_comes_back_as_it_was_kept(store):
    asked = ask(store, "a@ngo.example")
    assert store.mailbox(hashing.mailbox("a@ngo.example"), "").mailbox == asked
    assert store.mailbox_of_challenge(asked.challenges[0].id).mailbox == asked
    assert store.mailbox_of_challenge("another") is None


def test_only_the_code_of_one_request_is_written(store):
    first, second = ask(store, "a@ngo.example"), ask(store, "a@ngo.example", after(minutes=1))
    id = first.challenges[0].id
    assert store.save_code(codes.issue(second, id, "hash", NOON), id)
    kept = store.mailbox(hashing.mailbox("a@ngo.example"), "").mailbox
    assert [one.code for one in kept.challenges] == ["hash", None]
    spent, _ = codes.attempt(kept, lambda _challenge: "hash", NOON)
    store.save_mailbox(store.mailbox_of_challenge(id), spent, None)
    assert not store.save_code(codes.issue(second, id, "late", NOON), id)


def test_the_store_forgets_registrations_and_never_accounts(store):
    ask(store, "a@ngo.example")
    read = store.mailbox(hashing.mailbox("a@ngo.example"), "")
    assert store.db.mailboxes.find_one({})["expires_at"] == NOON + timedelta(days=7)
    owned = codes.owned(read.mailbox, "a1")
    store.save_mailbox(read, owned, codes.kept_until(owned, NOON))
    assert "expires_at" not in store.db.mailboxes.find_one({})


def test_known_and_unknown_mailboxes_cost_the_same_work(environment):
    """The same commands in the same order, whether there is an account, a registration, or nothing."""
    from wsis_shared.mongo_connection import connect

    seen = []

    class Listener(monitoring.CommandListener):
        def started(self, event):
            # A new connection greets the store and signs in.
            if event.command_name not in ("hello", "ismaster", "ping", "endSessions", "saslStart", "saslContinue"):
                seen.append((event.command_name, event.command.get(event.command_name)))

        def succeeded(self, event):
            pass

        def failed(self, event):
            pass

    mongo._client = connect(environment["WSIS_MONGO_URI"], event_listeners=[Listener()])
    store = Store(mongo.database("accounts"))
    work = {}
    for name in ("unknown", "pending", "known"):
        email = f"{name}@cost.example"
        if name != "unknown":
            ask(store, email)
        if name == "known":
            read = store.mailbox(hashing.mailbox(email), "")
            store.save_mailbox(read, codes.owned(read.mailbox, "a1"), None)
        seen.clear()
        ask(store, email, after(minutes=1))
        work[name] = list(seen)
    assert work["unknown"] == work["pending"] == work["known"]
    assert [command for command, _ in work["known"]] == ["find", "findAndModify", "commitTransaction"]


def test_one_account_for_a_mailbox_whatever_happens(store):
    an_account(store, "a1", mailbox="same")
    with pytest.raises(DuplicateKeyError):
        an_account(store, "a2", mailbox="same")


def test_tombstones_do_not_stand_in_each_others_way(store):
    for id in ("a1", "a2"):
        store.save("accounts", people.tombstone(an_account(store, id), NOON))
    assert store.tombstone("a1")["state"] == "erased"
    assert store.accounts(["a1", "a2"]) == []


def test_parallel_writes_of_one_mailbox_are_all_counted(store):
    ask(store, "a@ngo.example")
    key = hashing.mailbox("a@ngo.example")

    def fail(_):
        def work():
            read = store.mailbox(key, "")
            mailbox, _ = codes.attempt(read.mailbox, lambda _challenge: "wrong", NOON)
            store.save_mailbox(read, mailbox, None)

        mongo.in_transaction(work)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(fail, range(8)))
    assert store.mailbox(key, "").mailbox.failures == 8


def test_search_finds_beginnings_of_words_and_pages_through(store):
    for number in range(5):
        an_account(store, f"a{number}", given_name=f"Åse{number}", confirmed_at=after(minutes=number // 2))
    an_account(store, "b", given_name="Bo", country="NO", roles=["juror"])

    def found(**query):
        return [row["_id"] for row in store.search(limit=10, after=None, **query).rows]

    assert found(words=["åse"]) == ["a4", "a3", "a2", "a1", "a0"]
    assert found(words=["dia", "bo"]) == ["b"]
    assert found(country="NO") == ["b"]
    assert found(roles="juror") == ["b"]
    assert found(words=[".*"]) == []
    page = store.search(limit=2, after=None)
    seen = [row["_id"] for row in page.rows]
    while page.next:
        page = store.search(limit=2, after=page.next)
        seen += [row["_id"] for row in page.rows]
    assert seen == ["a4", "a3", "a2", "b", "a1", "a0"]


def test_the_audit_takes_an_entry_once_and_filters(store):
    def entry(id, object, minutes, actor="o1"):
        data = {
            "actor": actor,
            "action": "prizes.moved",
            "object": object,
            "before": {"end": 1},
            "after": {"end": 2},
            "reason": "More time",
            "at": after(minutes=minutes).isoformat(),
            "request_id": "r",
        }
        store.add_entry(id, "prizes", data)

    entry("e1", "edition/2017", 0)
    entry("e1", "changed", 0)
    entry("e2", "edition/2017/phase/voting", 1, "o2")
    entry("e3", "edition/20170", 2)

    def found(**query):
        return [row["_id"] for row in store.entries(**{"limit": 10, **query}).rows]

    assert found() == ["e3", "e2", "e1"]
    assert found(object="edition/2017") == ["e2", "e1"]
    assert found(actor="o2", action="prizes.moved") == ["e2"]
    assert found(since=after(minutes=1), until=after(minutes=2)) == ["e2"]
    assert store.entries(limit=10, object="edition/2017").rows[1]["before"] == {"end": 1}
    assert found(after=store.entries(limit=1).next) == ["e2", "e1"]


def access(signer, at):
    return tokens.access_token(
        signer.key(at),
        account="a1",
        generation=0,
        roles=["member"],
        session="s1",
        agency="itu",
        now=at,
        life=timedelta(minutes=10),
    )


@pytest.fixture
def now():
    from wsis_shared import clock

    return clock.now()


def test_access_tokens_are_what_the_gateway_verifies(store, now):
    signer = Signer(store)
    actor = Verifier(lambda: signer.published(now)).verify(access(signer, now))
    assert (actor.id, actor.roles, actor.session, actor.agency) == ("a1", ("member",), "s1", "itu")
    with refused("gateway.token_expired"):
        Verifier(lambda: signer.published(now)).verify(access(signer, now - timedelta(minutes=11)))


def test_processes_that_start_at_once_agree_on_one_key(store, now):
    with ThreadPoolExecutor(8) as pool:
        kids = set(pool.map(lambda _: Signer(store).key(now).kid, range(16)))
    assert len(kids) == 1


def test_every_key_is_made_anew_for_ed25519(store):
    made = [keys.open_key(keys.new_key(1, 1)) for _ in range(2)]
    assert {(key.curve_name, key.alg, key.as_dict()["kty"]) for key in made} == {("Ed25519", "Ed25519", "OKP")}
    assert len({key.as_dict(private=True)["d"] for key in made}) == 2


def test_keys_change_with_the_period_and_the_former_verifies_for_a_day(store, now):
    start = keys.starts(keys.period(now) + 1)
    signer = Signer(store)
    last = signer.key(start - timedelta(minutes=1))
    first = Signer(store).key(start)
    assert last.kid != first.kid

    def kids(at):
        return {key["kid"] for key in Signer(store).published(at)["keys"]}

    assert kids(start - timedelta(hours=1)) == {last.kid, first.kid}  # ahead, so that everybody has it in time
    assert kids(start + timedelta(hours=23)) == {last.kid, first.kid}
    assert kids(start + timedelta(hours=25)) == {first.kid}


def test_private_keys_are_not_readable_in_the_store(store, now):
    signer = Signer(store)
    secret = signer.key(now).as_dict(private=True)["d"]
    assert secret not in str(list(store.db["keys"].find({})))
    assert all("d" not in key for key in signer.published(now)["keys"])


def test_replaced_keys_are_not_believed(store, now):
    signer = Signer(store)
    token = access(signer, now)
    signer.replace(now)
    with refused("gateway.token_invalid"):
        Verifier(lambda: signer.published(now)).verify(token)
    assert Verifier(lambda: signer.published(now)).verify(access(signer, now)).id == "a1"


def test_refresh_tokens_have_256_random_bits():
    parts = [hashing.new_refresh("s1").split(".")[2] for _ in range(100)]
    drawn = [base64.urlsafe_b64decode(part + "=") for part in parts]
    assert {len(value) for value in drawn} == {32}
    for place in range(32):
        assert len({value[place] for value in drawn}) > 50  # of 256: no byte is fixed or counts


def test_refresh_tokens_tell_ours_from_made_up_ones():
    token = hashing.new_refresh("s1")
    assert [hashing.session_of(one) for one in (token, hashing.next_refresh(token))] == ["s1", "s1"]
    for forged in (token[:-1], token.replace("s1.1", "s1.2"), "s1.1.x.y", "", ".", "é", token + "x" * 300):
        assert hashing.session_of(forged) is None


def test_one_token_follows_another_and_only_our_key_tells_which(monkeypatch):
    first, other = hashing.new_refresh("s1"), hashing.new_refresh("s1")
    following = hashing.next_refresh(first)
    assert hashing.next_refresh(first) == following
    line = [first, following, hashing.next_refresh(following), other, hashing.next_refresh(other)]
    assert len({token.split(".")[2] for token in line}) == 5
    assert [token.split(".")[1] for token in line] == ["1", "2", "3", "1", "2"]
    monkeypatch.setenv("WSIS_SECRET", "another secret of an installation, long enough")
    shared_keys.derive.cache_clear()
    try:
        assert hashing.next_refresh(first).split(".")[2] != following.split(".")[2]
    finally:
        shared_keys.derive.cache_clear()


def test_a_session_of_another_version_of_the_service_is_read(store):
    session = sessions.start("s1", "a1", "hash", None, NOON)
    store.save_session(session)
    store.db["sessions"].update_one({"_id": "s1"}, {"$set": {"number": 7}})
    assert store.session("s1") == session


def test_a_mailbox_nobody_typed_is_empty(store):
    read = store.mailbox("key", "a@ngo.example")
    assert read.mailbox == Mailbox("key", "a@ngo.example")


def test_revocations_are_told_from_a_moment_on_and_a_minute_twice(database):
    store = Revocations(database("accounts"))
    store.db["revocations"].delete_many({})
    for minutes, id in ((0, "ann"), (6, "bo"), (12, "chi")):
        at = after(minutes=minutes)
        store.add_revocation(revocation(Kind.ACCOUNT, id, at), at)

    def told(now, since):
        return sorted(row["id"] for row in store.revocations(now, since))

    assert told(after(minutes=12), None) == ["ann", "bo", "chi"]
    assert told(after(minutes=12), after(minutes=6, seconds=59)) == ["bo", "chi"]
    assert told(after(minutes=12), after(minutes=7)) == ["chi"]
    assert told(after(days=30), None) == [], "the tokens have ended, too"
