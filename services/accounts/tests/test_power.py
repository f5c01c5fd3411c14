"""One event tells which roles of an account count now."""

from __future__ import annotations

from click.testing import CliRunner
from wsis_shared import clock
from wsis_testkit import wait_for
from wsis_testkit.interruptions import InProcess

from wsis_accounts.commands import accounts as command
from wsis_accounts.rules import proposals
from wsis_accounts.use_cases.officers import Officers

from .conftest import appointed


def told(accounts, account):
    """The roles in the events about an account, in their order."""
    mine = [event for event in accounts.events.of("power_changed") if event["subject"] == account]
    assert all(event["data"]["account"] == account for event in mine)
    return [event["data"]["roles"] for event in sorted(mine, key=lambda event: event["sequence"])]


def expect(accounts, account, *roles):
    wait_for(lambda: told(accounts, account) == list(roles), 15, f"{roles}")


def test_a_block_takes_all_power_and_sends_no_mail(accounts, client, officer):
    me = client.member()
    accounts.call("set_roles", officer, account=me.id, body={"roles": ["juror"], "reason": "Expert Group"})
    accounts.call("block", officer, account=me.id, body={"reason": "Bought votes"})
    expect(accounts, me.id, ["member", "juror"], [])
    accounts.call("set_roles", officer, account=me.id, body={"roles": [], "reason": "No juror any more"})
    accounts.call("unblock", officer, account=me.id, body={"reason": "A mistake"})
    expect(accounts, me.id, ["member", "juror"], [], ["member"])
    mails = [event["data"]["roles"] for event in accounts.events.of("roles_changed") if event["subject"] == me.id]
    assert mails == [["member", "juror"], ["member"]], "of changes of roles alone"


def test_a_proposal_changes_no_power(accounts, officer, second):
    accounts.call("block", officer, account=second.id, body={"reason": "Proposed"})
    [waiting] = accounts.call("list_waiting", officer)["items"]
    assert (waiting["code"], waiting["count"], waiting["oldest_at"] is None) == ("proposals", 1, False)
    assert CliRunner().invoke(command, ["block", "--account", second.id, "--reason", "Stolen"]).exit_code == 0
    expect(accounts, second.id, ["member", "officer"], [])


def test_a_proposal_that_has_lapsed_waits_for_nobody(database):
    """Nobody can approve or refuse it. One that stands is left alone."""
    accounts = InProcess("accounts", database("accounts"), {})
    officer, second, third = (appointed() for _ in range(3))
    for account in (second, third):
        accounts.call("block", officer, at=clock.now(), account=account.id, body={"reason": "Proposed"})
    week_ago = {"$set": {"proposals.$[].at": clock.now() - proposals.LIFE}}
    accounts.db["accounts"].update_many({"_id": {"$ne": third.id}, "proposals": {"$exists": True}}, week_ago)
    accounts.use_case(Officers).forget_lapsed_proposals()
    [waiting] = accounts.call("list_waiting", officer, at=clock.now())["items"]
    assert (waiting["count"], waiting["page"]) == (1, f"/desk/accounts/{third.id}")


def test_an_operator_at_the_machine_gives_power(accounts, client):
    account = client.member().id
    appointing = ["officer", "--email", client.address, "--given-name", "X", "--family-name", "Y"]
    for _ in range(2):
        assert CliRunner().invoke(command, appointing).exit_code == 0
    expect(accounts, account, ["member", "officer"])


def test_an_erased_account_has_none(accounts, client):
    me = client.member()
    accounts.call("erase_me", me)
    expect(accounts, me.id, [])
