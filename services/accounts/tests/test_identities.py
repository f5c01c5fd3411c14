"""Sign-in by the identity provider of an agency: what an identity opens, and how it comes to an account."""

import pytest
from wsis_shared import clock
from wsis_shared.context import ANONYMOUS, Actor
from wsis_testkit import wait_for

from wsis_accounts.rules.sessions import FRESH

from .conftest import appointed, outcome
from .test_second_factor import roles_in, session, set_up


@pytest.fixture(scope="module")
def accounts(serve, database, published, providers):
    events = published("accounts")
    settings = providers.settings(amr=["mfa"], acr=["https://refeds.org/profile/mfa"], domains=["itu.example"])
    served = serve("accounts", WSIS_STAFF_SECOND_FACTOR="yes", WSIS_CHALLENGE_COST="10", **settings)
    served.database, served.events = database("accounts"), events
    return served


def ask(accounts, who=ANONYMOUS):
    """The way to the provider."""
    method = "request_my_identity" if who.known else "request_identity"
    return accounts.call(method, who, provider="itu")


def brought(provider, asked):
    """What the browser comes back with that was sent there."""
    return {**provider.sign_in(asked["url"]), "binding": asked["binding"], "provider": "itu"}


def add(accounts, provider, tokens):
    """Add the person at the provider to the account of these tokens."""
    who = session(tokens)
    return outcome(accounts.call, "add_identity", who, body=brought(provider, ask(accounts, who)))


def enter(accounts, provider, **more):
    """Sign in by the provider."""
    body = {**brought(provider, ask(accounts)), **more}
    return outcome(accounts.call, "sign_in_by_identity", body=body)


def told(client, event, tokens):
    """Wait until the owner is mailed."""
    wait_for(lambda: tokens["account"] in [each["subject"] for each in client.events.of(event)], what=event)


@pytest.fixture
def member(client, accounts, provider):
    """A member with an identity."""
    tokens = client.tokens()
    assert add(accounts, provider, tokens)["provider"] == "itu"
    return tokens


def test_providers_are_there_for_everybody(accounts):
    assert accounts.call("list_providers") == {
        "providers": [{"provider": "itu", "names": {"en": "ITU", "fr": "UIT"}}],
    }


def test_an_identity_opens_the_account_that_has_added_it(client, accounts, provider, member):
    told(client, "identity_added", member)
    entered = enter(accounts, provider)
    assert (entered["account"], entered["missing"]) == (member["account"], None)
    [kept] = accounts.call("list_identities", session(entered))["identities"]
    assert (kept["provider"], kept["names"]["fr"]) == ("itu", "UIT")
    assert kept["used_at"] is not None
    [exported] = accounts.call("export_me", session(entered))["identities"]
    assert exported["identity"] == kept["identity"]


def test_a_sign_in_ends_the_session_that_the_client_had(client, accounts, provider, member):
    enter(accounts, provider, refresh_token=member["refresh_token"])
    assert outcome(client.post, "refresh", refresh_token=member["refresh_token"]) == "accounts.refresh_invalid"


def test_an_equal_mail_address_opens_nothing(client, accounts, provider):
    """The account of whoever has a mailbox is not that of whoever says so at a provider."""
    victim = client.tokens()
    before = accounts.database.sessions.count_documents({"account": victim["account"]})
    provider.person |= {"email": client.address.replace("ngo.example", "itu.example")}
    accounts.database.accounts.update_one({"_id": victim["account"]}, {"$set": {"email": provider.person["email"]}})
    assert enter(accounts, provider) == "accounts.identity_unknown"
    assert accounts.database.identities.find_one({"account": victim["account"]}) is None
    assert accounts.database.sessions.count_documents({"account": victim["account"]}) == before


def test_an_identity_with_the_mail_of_another_account_opens_the_one_that_has_added_it(
    client, accounts, provider, people
):
    victim, attacker = client.tokens(), people().tokens()
    address = f"{victim['account']}@itu.example"
    accounts.database.accounts.update_one({"_id": victim["account"]}, {"$set": {"email": address}})
    provider.person |= {"email": address}
    add(accounts, provider, attacker)
    assert enter(accounts, provider)["account"] == attacker["account"]


@pytest.mark.parametrize(
    ("said", "missing"),
    [({}, "code"), ({"amr": ["pwd"]}, "code"), ({"amr": ["pwd", "mfa"]}, None)]
    + [({"acr": "https://refeds.org/profile/mfa"}, None), ({"amr": "mfa", "acr": ["mfa"]}, "code")],
)
def test_staff_shows_a_second_factor_there_or_here(client, accounts, provider, said, missing):
    appointed(client.address)
    _, tokens = set_up(client, client.sign_in())
    add(accounts, provider, tokens)
    provider.person |= said
    entered = enter(accounts, provider)
    assert (entered["missing"], roles_in(entered)) == (missing, ["member"] if missing else ["member", "officer"])
    renewed = client.post("refresh", refresh_token=entered["refresh_token"])
    assert roles_in(renewed) == roles_in(entered)


def test_who_has_the_mailbox_alone_neither_adds_nor_removes_one(client, accounts, provider):
    appointed(client.address)
    fresh = client.sign_in()
    assert outcome(ask, accounts, session(fresh)) == "accounts.authenticator_needed", "none is set up"
    _, tokens = set_up(client, fresh)
    kept = add(accounts, provider, tokens)
    thief = session(client.sign_in())
    assert outcome(ask, accounts, thief) == "accounts.authenticator_needed"
    removed = outcome(accounts.call, "remove_identity", thief, identity=kept["identity"])
    assert removed == "accounts.authenticator_needed"


def test_an_old_sign_in_adds_none(client, accounts):
    who = session(client.tokens())
    accounts.database.sessions.update_one({"_id": who.session}, {"$set": {"started_at": clock.now() - FRESH}})
    assert outcome(ask, accounts, who) == "accounts.sign_in_again"


def test_one_that_is_removed_opens_nothing_and_the_sessions_by_it_end(client, accounts, provider, member):
    by_it = enter(accounts, provider)
    [kept] = accounts.call("list_identities", session(member))["identities"]
    accounts.call("remove_identity", session(member), identity=kept["identity"])
    told(client, "identity_removed", member)
    assert enter(accounts, provider) == "accounts.identity_unknown"
    assert outcome(client.post, "refresh", refresh_token=by_it["refresh_token"]) == "accounts.refresh_invalid"
    assert client.post("refresh", refresh_token=member["refresh_token"])["account"] == member["account"]
    again = outcome(accounts.call, "remove_identity", session(member), identity=kept["identity"])
    assert again == "accounts.identity_missing"


def test_an_identity_belongs_to_one_account_and_an_account_has_one_of_a_provider(accounts, provider, member, people):
    assert add(accounts, provider, people().tokens()) == "accounts.identity_taken"
    assert add(accounts, provider, member)["provider"] == "itu", "once more is no harm"
    provider.person |= {"sub": "another"}
    assert add(accounts, provider, member) == "accounts.identity_taken"


def test_nobody_removes_that_of_another(accounts, provider, member, people):
    [kept] = accounts.call("list_identities", session(member))["identities"]
    other = session(people().tokens())
    assert outcome(accounts.call, "remove_identity", other, identity=kept["identity"]) == "accounts.identity_missing"
    assert enter(accounts, provider)["account"] == member["account"]


def test_an_officer_sees_what_opens_an_account_by_the_day(accounts, provider, member, officer):
    """Most sign in to vote, and the public log tells when votes came into it."""
    enter(accounts, provider)
    [seen] = accounts.call("read_account", officer, account=member["account"])["identities"]
    assert (seen["provider"], seen["names"]["fr"]) == ("itu", "UIT")
    assert {seen["added_at"][10:], seen["used_at"][10:]} == {"T00:00:00Z"}


def test_an_officer_removes_one_and_says_why(client, accounts, provider, member, officer):
    by_it = enter(accounts, provider)
    account = member["account"]
    [seen] = accounts.call("read_account", officer, account=account)["identities"]
    act = {"account": account, "identity": seen["identity"], "body": {"reason": "Left the organization"}}
    accounts.call("remove_their_identity", officer, **act)
    told(client, "identity_removed", member)
    assert enter(accounts, provider) == "accounts.identity_unknown"
    assert outcome(client.post, "refresh", refresh_token=by_it["refresh_token"]) == "accounts.refresh_invalid"
    assert client.post("refresh", refresh_token=member["refresh_token"])["account"] == account
    assert accounts.call("read_account", officer, account=account)["identities"] == []
    again = act | {"body": {"reason": "Once more"}}
    assert outcome(accounts.call, "remove_their_identity", officer, **again) == "accounts.identity_missing"

    def entries():
        query = {"limit": 10, "after": None, "object": f"account/{account}"}
        return accounts.call("list_audit", officer, **query)["items"]

    [entry] = wait_for(entries)
    assert (entry["actor"], entry["action"]) == (officer.id, "accounts.identity_removed")
    assert (entry["before"], entry["after"]) == ({"identity": "itu"}, {"identity": None})
    assert entry["reason"] == "Left the organization"


def test_officers_remove_none_of_their_own_by_this_way_nor_that_of_another_account(accounts, member, officer):
    [kept] = accounts.call("list_identities", session(member))["identities"]
    reason = {"identity": kept["identity"], "body": {"reason": "Left"}}
    accounts.database.identities.update_one({"_id": kept["identity"]}, {"$set": {"account": officer.id}})
    own = outcome(accounts.call, "remove_their_identity", officer, account=officer.id, **reason)
    assert own == "accounts.own_roles"
    other = outcome(accounts.call, "remove_their_identity", officer, account=member["account"], **reason)
    assert other == "accounts.identity_missing"
    role_alone = Actor(member["account"], ("member", "officer"), "session")
    ended = outcome(accounts.call, "remove_their_identity", role_alone, account=officer.id, **reason)
    assert ended == "accounts.authority_ended"


def test_a_blocked_account_stays_closed(accounts, provider, member, officer):
    block = {"account": member["account"], "body": {"reason": "Sold votes"}}
    accounts.call("block", officer, **block)
    assert enter(accounts, provider) == "accounts.blocked"


def test_it_goes_with_its_owner(accounts, provider, member):
    accounts.call("erase_me", session(member))
    assert accounts.database.identities.find_one({"account": member["account"]}) is None
    assert enter(accounts, provider) == "accounts.identity_unknown"


def test_nothing_in_the_store_names_the_person_or_completes_a_sign_in(accounts, provider, member):
    asked = ask(accounts)
    back = brought(provider, asked)
    kept = [*accounts.database.identities.find(), *accounts.database.identity_requests.find()]
    for secret in (provider.person["sub"], provider.person["email"], asked["binding"], back["code"]):
        assert secret not in repr(kept)


def test_a_new_key_of_the_provider_is_learnt_and_keys_are_kept(accounts, provider, member):
    enter(accounts, provider)
    provider.calls.clear()
    assert enter(accounts, provider)["account"] == member["account"]
    assert provider.calls == ["/authorize", "/token"]
    provider.rotate()
    provider.calls.clear()
    assert enter(accounts, provider)["account"] == member["account"]
    assert provider.calls == ["/authorize", "/token", "/keys"]


def test_while_the_provider_is_away_mailed_codes_work(client, accounts, provider, member):
    asked = ask(accounts)
    back = brought(provider, asked)
    provider.away = True
    assert outcome(accounts.call, "sign_in_by_identity", body=back) == "accounts.provider_away"
    assert client.sign_in()["account"] == member["account"]
    provider.away = False
    assert enter(accounts, provider)["account"] == member["account"]


def test_there_is_no_such_provider(accounts):
    assert outcome(accounts.call, "request_identity", provider="who") == "accounts.provider_unknown"


def test_a_session_that_is_over_adds_nothing(client, accounts, provider):
    tokens = client.tokens()
    who = session(tokens)
    back = brought(provider, ask(accounts, who))
    accounts.call("sign_out", who)
    assert outcome(accounts.call, "add_identity", who, body=back) == "accounts.identity_request_over"
