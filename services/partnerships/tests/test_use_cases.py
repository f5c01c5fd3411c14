from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from wsis_shared import clock
from wsis_shared.errors import Conflict
from wsis_shared.schemas import LOCALES
from wsis_testkit import actor, publish, refused, wait_for
from wsis_testkit.sizes import size

REASON = "Agreed by the board"
RACES, RIVALS = size(8, 40), 4


def test_pledge_is_followed_by_its_sponsor_alone(partnerships: Any) -> None:
    fund, sponsor = partnerships(), actor()
    made = fund.pledge(sponsor)
    fund.change(made, "confirmed")
    read = fund.call("read_pledge", sponsor, pledge=made["id"])
    assert [step["state"] for step in read["history"]] == ["pledged", "confirmed"]
    mine = fund.served.call("list_my_pledges", sponsor)["items"]
    assert [row["id"] for row in mine] == [made["id"]]
    with refused("partnerships.pledge_unknown"):
        fund.call("read_pledge", actor(), pledge=made["id"])
    assert fund.call("read_pledge", fund.officer, pledge=made["id"])["state"] == "confirmed"


def test_partners_are_public_without_amounts(partnerships: Any) -> None:
    fund = partnerships()
    gold, pledged, platinum = fund.pledge(), fund.pledge(), fund.pledge(package="platinum", organization="Big Telecom")
    for pledge in (gold, platinum):
        fund.change(pledge, "confirmed")
    listed = fund.call("list_partners", actor(), context={"locale": "fr"})["items"]
    assert [(row["organization"], row["package_title"], row["partner_class"]) for row in listed] == [
        ("Big Telecom", "Platine", "Partenaire stratégique"),
        ("Example Telecom", "Or", "Partenaire stratégique"),
    ]
    assert pledged["id"] not in str(listed)
    events = fund.events("partner_confirmed", 2)
    assert {event["partner"] for event in events} == {gold["id"], platinum["id"]}
    packages = fund.call("list_packages", actor())["items"]
    assert [row["available"] for row in packages] == [False, True, True, True]


def test_the_newest_edition_with_a_fund_is_shown_and_any_that_is_named(partnerships: Any) -> None:
    former, newest = partnerships(), partnerships()
    listed = former.served.call("list_funds", actor())
    assert listed["edition"] == newest.edition == listed["editions"][0]
    assert listed["editions"][1] == former.edition
    assert former.call("list_funds", actor()) == {**listed, "edition": former.edition}
    with refused("partnerships.fund_unknown", edition="1999"):
        former.served.call("list_funds", actor(), edition="1999")


def test_second_platinum_is_refused_until_the_first_withdraws(partnerships: Any) -> None:
    fund = partnerships()
    first, second = fund.pledge(package="platinum"), fund.pledge(package="platinum")
    fund.change(first, "confirmed")
    with refused("partnerships.package_taken"):
        fund.change(second, "confirmed")
    fund.change(first, "withdrawn")
    assert fund.change(second, "confirmed")["state"] == "confirmed"
    assert [event["partner"] for event in fund.events("partner_withdrawn", 1)] == [first["id"]]


def test_platinum_that_withdraws_after_paying_is_refunded_and_the_next_is_offered_the_place(partnerships: Any) -> None:
    fund, second_sponsor = partnerships(), actor()
    first = fund.pledge(package="platinum")
    second, third = fund.pledge(second_sponsor, package="platinum"), fund.pledge(package="platinum")
    for state in ("confirmed", "received"):
        fund.change(first, state)
    with refused("partnerships.wrong_state", state="received", wanted="withdrawn"):
        fund.change(first, "withdrawn")
    assert fund.change(first, "refunded")["state"] == "refunded"
    assert [event["partner"] for event in fund.events("partner_withdrawn", 1)] == [first["id"]]
    [offer] = fund.events("place_offered", 1)
    assert (offer["pledge"], offer["accounts"]) == (second["id"], [second_sponsor.id])
    mail = fund.served.call("describe_pledge", data=offer)
    assert (mail["state_subject"]["en"], mail["reason"]) == ("A place in your package is free", None)
    offered = {row["id"]: row["offered_at"] for row in fund.call("list_pledges", fund.officer)["items"]}
    assert (offered[second["id"]] is None, offered[third["id"]]) == (False, None)
    assert fund.change(second, "confirmed")["state"] == "confirmed"
    cash = fund.call("read_report", fund.officer)["cash"]
    assert cash["refunded"] == {"pledges": 1, "centimes": 100_000}
    assert cash["received"] == {"pledges": 0, "centimes": 0}
    steps = fund.call("list_ledger", fund.officer, limit=100)["items"]
    assert [row["to_state"] for row in steps if row["pledge"] == first["id"]] == [
        "refunded",
        "received",
        "confirmed",
        "pledged",
    ]


def test_who_withdraws_from_an_offered_place_leaves_it_to_the_next(partnerships: Any) -> None:
    fund, sponsor = partnerships(), actor()
    partner = fund.pledge(package="platinum")
    second, third, fourth = fund.pledge(sponsor, package="platinum"), *(fund.pledge(package="platinum") for _ in "ab")
    fund.change(partner, "confirmed")
    fund.change(partner, "withdrawn")
    fund.call("withdraw_pledge", sponsor, pledge=second["id"], body={"reason": REASON})
    assert [event["pledge"] for event in fund.events("place_offered", 2)] == [second["id"], third["id"]]
    fund.change(fourth, "confirmed")  # the place is taken: nobody is offered it
    last = fund.pledge(package="platinum")
    fund.change(third, "withdrawn")
    offered = {row["id"]: row["offered_at"] for row in fund.call("list_pledges", fund.officer)["items"]}
    assert offered[last["id"]] is None


def test_a_corrected_partner_is_told_audited_and_public(partnerships: Any) -> None:
    fund, sponsor = partnerships(), actor()
    made = fund.pledge(sponsor)
    fund.change(made, "confirmed")
    body = {"organization": "Example Télécom", "centimes": 90_000, "reason": "As in the contract"}
    corrected = fund.call("correct_pledge", fund.officer, pledge=made["id"], body=body)
    assert (corrected["organization"], corrected["centimes"], corrected["state"]) == (
        "Example Télécom",
        90_000,
        "confirmed",
    )
    [told] = fund.events("pledge_corrected", 1)
    assert (told["accounts"], told["state"]) == ([sponsor.id], "corrected")
    mail = fund.served.call("describe_pledge", data=told)
    assert (mail["state_subject"]["fr"], mail["reason"], mail["organization"]) == (
        "Votre engagement a été corrigé",
        "As in the contract",
        "Example Télécom",
    )
    assert [event["organization"] for event in fund.events("partner_confirmed", 2)] == [
        "Example Telecom",
        "Example Télécom",
    ]
    [partner] = fund.call("list_partners", actor())["items"]
    assert partner["organization"] == "Example Télécom"
    steps = fund.call("list_ledger", fund.officer, limit=100)["items"]
    assert sorted((row["centimes"], row["from_state"] or "", row["to_state"] or "") for row in steps) == [
        (90_000, "", "confirmed"),
        (100_000, "", "pledged"),
        (100_000, "confirmed", ""),
        (100_000, "pledged", "confirmed"),
    ]
    cash = fund.call("read_report", fund.officer)["cash"]
    assert (cash["confirmed"], cash["pledged"]["pledges"]) == ({"pledges": 1, "centimes": 90_000}, 0)
    name = f"fund/{fund.edition}/pledge/{made['id']}"
    entries = wait_for(
        lambda: [
            event["data"]
            for event in fund.published.of("action_taken")
            if event["data"]["object"] == name and event["data"]["action"] == "partnerships.pledge_corrected"
        ]
    )
    assert (entries[0]["before"]["centimes"], entries[0]["after"]["centimes"]) == ("100000", "90000")


def test_places_that_are_added_are_offered_to_the_next_in_line(partnerships: Any) -> None:
    fund = partnerships()
    first, second, third = (fund.pledge(package="platinum") for _ in range(3))
    fund.change(first, "confirmed")
    for _ in range(2):
        fund.change(fund.pledge(), "confirmed")
    with refused("partnerships.places_taken", partners=2):
        fund.call("change_package", fund.officer, package="gold", body={"max_partners": 1, "reason": REASON})
    fund.call("change_package", fund.officer, package="platinum", body={"max_partners": 2, "reason": REASON})
    assert [event["pledge"] for event in fund.events("place_offered", 1)] == [second["id"]]
    fund.change(second, "confirmed")
    with refused("partnerships.package_taken"):
        fund.change(third, "confirmed")


def test_after_the_deadline_of_the_call_no_pledge_is_taken(partnerships: Any) -> None:
    fund = partnerships()
    with refused("partnerships.call_unknown"):
        fund.call("read_call", actor())

    def publish_call(deadline: datetime) -> Any:
        text = {code: f"Give ({code})" for code in LOCALES}
        body = {"text": text, "deadline": deadline, "reason": REASON}
        return fund.call("set_call", fund.officer, body=body)

    now = clock.now()
    assert publish_call(now + timedelta(days=30))["open"] is True
    fund.pledge()
    read = fund.call("read_call", actor(), context={"locale": "ar"})
    assert (read["text"], read["open"]) == ("Give (ar)", True)
    publish_call(now - timedelta(days=1))
    with refused("partnerships.call_over"):
        fund.pledge()
    assert fund.call("read_call", actor())["open"] is False


def test_of_four_platinum_confirmations_at_once_one_wins(partnerships: Any) -> None:
    funds = [partnerships() for _ in range(RACES)]

    def confirm(fund: Any, pledge: dict[str, Any]) -> bool:
        try:
            return bool(fund.change(pledge, "confirmed"))
        except Conflict as error:
            if error.code != "partnerships.package_taken":
                raise
            return False

    with ThreadPoolExecutor(RIVALS) as pool:
        for fund in funds:
            rivals = list(pool.map(lambda _, fund=fund: fund.pledge(package="platinum"), range(RIVALS)))
            won = list(pool.map(confirm, [fund] * RIVALS, rivals))
            assert sum(won) == 1
            assert len(fund.call("list_partners", actor())["items"]) == 1
            cash = fund.call("read_report", fund.officer)["cash"]
            assert (cash["confirmed"]["pledges"], cash["pledged"]["pledges"]) == (1, RIVALS - 1)


def test_report_has_sums_by_state_package_and_earmark(partnerships: Any, make_in_kind: Any) -> None:
    fund = partnerships()
    received, _pledged = fund.pledge(), fund.pledge()
    earmarked = fund.pledge(package="specific_activities", activity="hackathon", contribution=make_in_kind(500_000))
    for state in ("confirmed", "received"):
        fund.change(received, state)
    fund.change(earmarked, "confirmed")
    report = fund.call("read_report", fund.officer)
    assert report["cash"]["received"] == {"pledges": 1, "centimes": 100_000}
    assert report["cash"]["pledged"] == {"pledges": 1, "centimes": 100_000}
    assert report["cash"]["confirmed"] == {"pledges": 0, "centimes": 0}
    assert report["in_kind"]["confirmed"] == {"pledges": 1, "centimes": 500_000}
    first = fund.call("list_report_lines", fund.officer, limit=1)
    assert first["items"][0]["package"] == "gold"
    second = fund.call("list_report_lines", fund.officer, limit=1, after=first["next"])
    assert (second["items"][0]["activity"], second["next"]) == ("hackathon", None)
    steps = fund.call("list_ledger", fund.officer, limit=100)["items"]
    assert len(steps) == 6


def test_steps_are_audited_and_mailed(partnerships: Any) -> None:
    fund, sponsor = partnerships(), actor()
    made = fund.pledge(sponsor)
    fund.change(made, "confirmed")
    assert fund.events("pledge_made", 1)[0]["accounts"] == [sponsor.id]
    [changed] = [event for event in fund.events("pledge_changed", 1) if event["pledge"] == made["id"]]
    mail = fund.served.call("describe_pledge", data=changed)
    assert mail["state_subject"]["en"] == "Your pledge is confirmed"
    assert (mail["reason"], mail["centimes"]) == ("Agreed by letter", 100_000)
    name = f"fund/{fund.edition}/pledge/{made['id']}"
    entry = wait_for(lambda: [e["data"] for e in fund.published.of("action_taken") if e["data"]["object"] == name])[0]
    assert (entry["actor"], entry["before"], entry["after"], entry["reason"]) == (
        fund.officer.id,
        {"state": "pledged"},
        {"state": "confirmed"},
        "Agreed by letter",
    )


def test_sponsor_withdraws_until_the_pledge_is_confirmed(partnerships: Any) -> None:
    fund, sponsor = partnerships(), actor()
    first, second = fund.pledge(sponsor), fund.pledge(sponsor)
    fund.change(second, "confirmed")
    reason = {"reason": "No budget this year"}
    assert fund.call("withdraw_pledge", sponsor, pledge=first["id"], body=reason)["state"] == "withdrawn"
    with refused("partnerships.wrong_state"):
        fund.call("withdraw_pledge", sponsor, pledge=second["id"], body=reason)
    with refused("partnerships.pledge_unknown"):
        fund.call("withdraw_pledge", actor(), pledge=second["id"], body=reason)


def test_officer_cannot_act_as_the_sponsor(partnerships: Any, make_png: Any, put_blob: Any) -> None:
    fund = partnerships()
    made = fund.pledge()
    with refused("partnerships.pledge_unknown"):
        fund.call("withdraw_pledge", fund.officer, pledge=made["id"], body={"reason": "Not by the sponsor"})
    assert fund.call("read_pledge", fund.officer, pledge=made["id"])["state"] == "pledged"
    logo = put_blob(make_png(8, 8), "8.png")
    assert fund.call("set_logo", fund.officer, pledge=made["id"], upload=logo)["has_logo"] is True
    name = f"fund/{fund.edition}/pledge/{made['id']}/logo"
    entry = wait_for(lambda: [e["data"] for e in fund.published.of("action_taken") if e["data"]["object"] == name])[0]
    assert entry["actor"] == fund.officer.id


def test_account_has_a_bounded_number_of_open_pledges(partnerships: Any) -> None:
    fund, sponsor = partnerships(), actor()
    for _ in range(20):
        fund.pledge(sponsor)
    with refused("partnerships.pledges_used_up") as refusal:
        fund.pledge(sponsor)
    assert refusal.value.params["limit"] == 20


def test_many_pledges_at_once_pass_no_bound(partnerships: Any) -> None:
    fund, sponsor = partnerships(), actor()
    for _ in range(18):
        fund.pledge(sponsor)

    def tried(_: int) -> bool:
        try:
            return bool(fund.pledge(sponsor))
        except Conflict as error:
            if error.code != "partnerships.pledges_used_up":
                raise
            return False

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(tried, range(6))) == 2
    assert len(fund.served.call("list_my_pledges", sponsor, limit=100)["items"]) == 20


def test_officer_sets_the_amount_and_the_checklist(partnerships: Any) -> None:
    fund = partnerships()
    change = {"amount_centimes": 200_000, "reason": "Decided by the secretariat"}
    changed = fund.call("change_package", fund.officer, package="gold", body=change)
    assert changed["items"][1]["amount_centimes"] == 200_000
    with refused("partnerships.amount_too_small") as refusal:
        fund.pledge()
    assert "contribution.centimes" in refusal.value.fields
    partner = fund.pledge(package="contributing")
    fund.change(partner, "confirmed")
    done = fund.call(
        "set_benefit", fund.officer, pledge=partner["id"], benefit="high_level_visibility", body={"done": True}
    )
    assert [row["done"] for row in done["benefits"]] == [True, False, False]


def test_erased_account_loses_its_pledge_and_the_partner_stays(partnerships: Any, amqp_client: Any) -> None:
    fund, sponsor = partnerships(), actor()
    made = fund.pledge(sponsor)
    fund.change(made, "confirmed")
    publish(amqp_client, "accounts", "account_erased", {"account": sponsor.id})
    wait_for(lambda: not fund.served.call("list_my_pledges", sponsor)["items"], what="the pledge to lose its account")
    assert len(fund.call("list_partners", actor())["items"]) == 1
    assert fund.change(made, "received")["state"] == "received"


@pytest.mark.parametrize(
    ("method", "arguments", "code"),
    [
        ("list_packages", {}, "partnerships.fund_unknown"),
        ("list_partners", {}, "partnerships.fund_unknown"),
        ("read_report", {}, "partnerships.fund_unknown"),
        ("list_report_lines", {}, "partnerships.fund_unknown"),
        ("list_ledger", {}, "partnerships.fund_unknown"),
        ("read_logo", {"pledge": "none"}, "partnerships.logo_unknown"),
        ("read_pledge", {"pledge": "none"}, "partnerships.pledge_unknown"),
    ],
)
def test_what_is_not_there_is_said_to_be_unknown(
    partnerships: Any, method: str, arguments: dict[str, Any], code: str
) -> None:
    fund = partnerships()
    with refused(code):
        fund.served.call(method, fund.officer, edition="1900", **arguments)


def test_packages_are_opened_once_and_changed_by_their_code(partnerships: Any) -> None:
    fund = partnerships()
    with refused("partnerships.fund_exists", edition=fund.edition):
        fund.call("open_fund", fund.officer, body={"reason": "Once more"})
    with refused("partnerships.package_unknown", package="silver"):
        fund.call("change_package", fund.officer, package="silver", body={"amount_centimes": 1, "reason": "None such"})
