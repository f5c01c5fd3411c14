from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsis_shared.errors import Conflict
from wsis_testkit import refused

from wsis_partnerships.rules import filters, funds, ledger, logos, pledges

NOW = datetime(2017, 3, 1, tzinfo=UTC)
CASH = {"form": "cash", "centimes": 100_000, "description": None}
BODY = {"organization": "Example Telecom", "website": None, "package": "gold", "activity": None, "contribution": CASH}


def _made(fund: dict[str, Any], **more: Any) -> pledges.Pledge:
    return pledges.made("p1", fund, {**BODY, **more}, "account", "2017/account/1", NOW)


def _advanced(pledge: pledges.Pledge, state: str, fund: dict[str, Any], taken: tuple[str, ...] = ()) -> pledges.Pledge:
    return pledges.advanced(pledge, state, NOW, "officer", "Agreed", fund, taken)


def test_packages_are_as_announced_and_have_no_amount(fund: dict[str, Any]) -> None:
    assert [row["code"] for row in fund["packages"]] == ["platinum", "gold", "specific_activities", "contributing"]
    assert [row["amount_centimes"] for row in fund["packages"]] == [None] * 4
    assert [row["max_partners"] for row in fund["packages"]] == [1, None, None, None]


def test_edition_is_a_year() -> None:
    for edition in ("17", "20177", "２０１７", "next"):
        with refused("partnerships.fund_unknown"):
            funds.opened(edition)


def test_second_platinum_is_refused_and_a_withdrawn_one_leaves_its_place(fund: dict[str, Any]) -> None:
    first = _advanced(_made(fund, package="platinum"), "confirmed", fund)
    assert first["slot_key"] == "2017/platinum/1"
    with refused("partnerships.package_taken"):
        _advanced(_made(fund, package="platinum"), "confirmed", fund, (first["slot_key"],))
    assert "slot_key" not in _advanced(first, "withdrawn", fund)


def test_any_number_of_gold_partners_is_confirmed(fund: dict[str, Any]) -> None:
    assert "slot_key" not in _advanced(_made(fund), "confirmed", fund)


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [
        ((), "received"),
        (("confirmed",), "confirmed"),
        (("confirmed", "received"), "withdrawn"),
        (("withdrawn",), "confirmed"),
    ],
)
def test_step_that_does_not_exist_is_refused(fund: dict[str, Any], steps: tuple[str, ...], wrong: str) -> None:
    pledge = _made(fund)
    for state in steps:
        pledge = _advanced(pledge, state, fund)
    with refused("partnerships.wrong_state"):
        _advanced(pledge, wrong, fund)


def test_specific_activities_need_an_activity_that_exists(fund: dict[str, Any]) -> None:
    with refused("partnerships.activity_needed") as refusal:
        _made(fund, package="specific_activities")
    assert list(refusal.value.fields) == ["activity"]
    with refused("partnerships.activity_unknown"):
        _made(fund, package="specific_activities", activity="lunch")
    assert _made(fund, package="specific_activities", activity="hackathon")["activity"] == "hackathon"


def test_money_below_the_amount_of_the_package_is_refused(fund: dict[str, Any], make_in_kind: Any) -> None:
    fund = funds.with_package(fund, "gold", {"amount_centimes": 100_001})
    with refused("partnerships.amount_too_small") as refusal:
        _made(fund)
    assert list(refusal.value.fields) == ["contribution.centimes"]
    assert _made(fund, contribution=make_in_kind(1))["centimes"] == 1


def test_a_pledge_keeps_the_terms_under_which_it_was_made(fund: dict[str, Any]) -> None:
    pledge = _made(fund)
    gold = funds.package(fund, "gold")
    changed = funds.with_package(fund, "gold", {"amount_centimes": 10**9, "benefits": [], "title": {"en": "Golden"}})
    partner = _advanced(pledge, "confirmed", changed)
    assert [row["code"] for row in partner["benefits"]] == [row["code"] for row in gold["benefits"]]
    assert partner["terms"]["title"]["en"] == "Gold"
    assert _corrected(partner, changed, centimes=200_000)["centimes"] == 200_000, "the amount of today is no bar"
    assert _made(changed, contribution={**CASH, "centimes": 10**9})["terms"]["benefits"] == []


def test_places_are_not_fewer_than_partners(fund: dict[str, Any]) -> None:
    with refused("partnerships.places_taken", partners=3):
        funds.with_package(fund, "gold", {"max_partners": 2}, 3)
    limited = funds.with_package(fund, "gold", {"max_partners": 3}, 2)
    older = ("p8", "p9")  # partners from before the package was limited
    assert _advanced(_made(limited), "confirmed", limited, older)["slot_key"] == "2017/gold/1"
    with refused("partnerships.package_taken"):
        _advanced(_made(limited), "confirmed", limited, (*older, "2017/gold/1"))


@pytest.mark.parametrize(
    ("before", "now", "partners", "offers"),
    [(1, 3, 1, 2), (2, 3, 1, 0), (None, 3, 2, 0), (1, None, 1, 50), (3, 3, 3, 0)],
)
def test_places_of_a_full_package_are_offered(
    fund: dict[str, Any], before: int | None, now: int | None, partners: int, offers: int
) -> None:
    rows = [{**funds.package(fund, "gold"), "max_partners": places} for places in (before, now)]
    assert funds.freed_places(*rows, partners) == offers


def _corrected(pledge: pledges.Pledge, fund: dict[str, Any], taken: tuple[str, ...] = (), **wanted: Any) -> Any:
    return pledges.corrected(pledge, {**wanted, "reason": "As in the contract"}, NOW, "officer", fund, taken)


def test_a_correction_keeps_both_and_books_both(fund: dict[str, Any]) -> None:
    partner = _advanced(_made(fund), "confirmed", fund)
    changed = _corrected(partner, fund, centimes=90_000, organization="Example Télécom", package="contributing")
    assert [(row["field"], row["before"], row["after"]) for row in changed["history"][-1]["changes"]] == [
        ("organization", "Example Telecom", "Example Télécom"),
        ("package", "gold", "contributing"),
        ("centimes", "100000", "90000"),
    ]
    assert (changed["state"], changed["package_order"], changed["terms"]["title"]["en"]) == (
        "confirmed",
        3,
        "Contributing",
    )
    entries = [ledger.entry(_made(fund)), ledger.entry(partner), *ledger.correction(partner, changed)]
    sums = {line["package"]: line["confirmed"] for line in ledger.report(entries)["lines"]}
    assert sums == {"gold": {"pledges": 0, "centimes": 0}, "contributing": {"pledges": 1, "centimes": 90_000}}
    assert len({entry["_id"] for entry in entries}) == 4
    renamed = _corrected(partner, fund, organization="Another name")
    assert ledger.correction(partner, renamed) == [], "a name is not in the ledger"
    assert _corrected(partner, fund, organization=partner["organization"]) is None


def test_a_corrected_package_has_its_own_place_and_checklist(fund: dict[str, Any]) -> None:
    done = pledges.with_benefit(_advanced(_made(fund), "confirmed", fund), "high_level_networking", True, NOW)
    with refused("partnerships.package_taken"):
        _corrected(done, fund, ("2017/platinum/1",), package="platinum")
    moved = _corrected(done, fund, package="platinum")
    assert (moved["slot_key"], [row["done"] for row in moved["benefits"]]) == ("2017/platinum/1", [False, False, True])
    back = _corrected(moved, fund, package="gold")
    assert ("slot_key" in back, pledges.frees_place(moved, back, fund)) == (False, True)
    offered = pledges.offered(_made(fund, package="platinum"), NOW)
    left, kept = (_advanced(offered, state, fund) for state in ("withdrawn", "confirmed"))
    assert [pledges.frees_place(offered, after, fund) for after in (left, kept)] == [True, False]


def test_what_is_over_or_corrected_too_often_stays(fund: dict[str, Any]) -> None:
    with refused("partnerships.pledge_over", state="withdrawn"):
        _corrected(_advanced(_made(fund), "withdrawn", fund), fund, organization="Another")
    pledge = _made(fund)
    for number in range(pledges.MAX_CORRECTIONS):
        pledge = _corrected(pledge, fund, organization=f"Name {number}")
    with refused("partnerships.pledge_changed", corrections=pledges.MAX_CORRECTIONS):
        _corrected(pledge, fund, organization="Once more", base=pledges.MAX_CORRECTIONS - 1)  # read before the last
    with refused("partnerships.too_many_corrections"):
        _corrected(pledge, fund, organization="Once more")
    with refused("partnerships.activity_needed"):
        _corrected(_made(fund), fund, package="specific_activities")
    with refused("partnerships.amount_too_small") as refusal:
        dear = funds.with_package(fund, "contributing", {"amount_centimes": 10**9})
        _corrected(_made(fund), dear, package="contributing", francs=10, centimes=1000)
    assert list(refusal.value.fields) == ["francs"]


def test_pledges_are_taken_until_the_deadline_of_the_call(fund: dict[str, Any]) -> None:
    funds.require_open(fund, NOW)
    with refused("partnerships.call_unknown"):
        funds.call(fund)
    called = funds.with_call(fund, {"en": "Give"}, NOW)
    funds.require_open(called, NOW - timedelta(seconds=1))
    with refused("partnerships.call_over"):
        funds.require_open(called, NOW)


def test_benefits_are_those_of_the_package_when_it_was_pledged(fund: dict[str, Any]) -> None:
    partner = _advanced(_made(fund), "confirmed", fund)
    done = pledges.with_benefit(partner, "high_level_networking", True, NOW)
    assert [row["done"] for row in done["benefits"]] == [False, False, True]
    with refused("partnerships.benefit_unknown"):
        pledges.with_benefit(partner, "lunch", True, NOW)
    with refused("partnerships.not_a_partner"):
        pledges.with_benefit(_made(fund), "high_level_networking", True, NOW)


def test_package_keeps_its_title_in_the_other_languages(fund: dict[str, Any]) -> None:
    before = funds.package(fund, "gold")["title"]
    renamed = funds.package(funds.with_package(fund, "gold", {"title": {"fr": "Or"}}), "gold")
    assert renamed["title"] == {**before, "fr": "Or"}


def test_renamed_activity_stays_in_its_place(fund: dict[str, Any]) -> None:
    renamed = funds.with_activity(fund, "hackathon", {"en": "Hack"})
    assert [row["code"] for row in renamed["activities"]] == [row["code"] for row in fund["activities"]]
    added = funds.with_activity(renamed, "fellowships", {"en": "Fellowships"})
    assert funds.activity(added, "fellowships")["title"] == {"en": "Fellowships"}


@pytest.mark.parametrize(("width", "height", "fine"), [(1, 1, True), (4000, 9, True), (4001, 9, False), (0, 9, False)])
def test_logo_is_a_png_of_bounded_size(make_png: Any, width: int, height: int, fine: bool) -> None:
    head = make_png(width, height)[:64]
    if fine:
        logos.check_logo(head)
        return
    with refused("partnerships.logo_too_large"):
        logos.check_logo(head)


def test_side_of_a_png_has_four_bytes(make_png: Any) -> None:
    wide = bytearray(make_png(8, 8))
    wide[16:20] = (2**24 + 1).to_bytes(4, "big")
    with refused("partnerships.logo_too_large", side=logos.MAX_LOGO_SIDE):
        logos.check_logo(bytes(wide))


@pytest.mark.parametrize(
    ("former", "code"),
    [
        (["pledged"] * pledges.OPEN_PLEDGES, "partnerships.pledges_used_up"),
        (["withdrawn"] * pledges.MAX_PLEDGES, "partnerships.too_many_pledges"),
    ],
)
def test_account_has_a_bound_of_open_and_of_all_pledges(former: list[str], code: str) -> None:
    with refused(code):
        pledges.account_number("2017", "ada", former)
    assert pledges.account_number("2017", "ada", former[1:]) == f"2017/ada/{len(former)}"


def test_logo_that_is_no_png_is_refused() -> None:
    with refused("partnerships.logo_too_large"):
        logos.check_logo(b"GIF89a" + b"\0" * 40)


def test_money_in_mails_is_written_in_the_language() -> None:
    assert filters.chf(38_300_000, "en") == "CHF\xa0383,000.00"
    assert filters.chf(5, "ru") == "CHF\xa00,05"


_PLEDGES = st.lists(
    st.tuples(
        st.sampled_from(["platinum", "gold", "contributing"]),
        st.sampled_from([None, "hackathon", "exhibition"]),
        st.sampled_from(["cash", "in_kind"]),
        st.one_of(st.none(), st.integers(1, 10**12)),
        st.lists(st.sampled_from(pledges.STATES[1:]), max_size=4),
    ),
    max_size=12,
)


@given(_PLEDGES)
def test_report_of_the_ledger_is_the_sum_of_the_pledges(rows: list[Any]) -> None:
    fund = funds.opened("2017")
    entries, done, taken = [], [], set()
    for number, (package, activity, form, centimes, states) in enumerate(rows):
        contribution = {"form": form, "centimes": centimes or (1 if form == "cash" else None), "description": "Staff"}
        wanted = {**BODY, "package": package, "activity": activity, "contribution": contribution}
        pledge = pledges.made(f"p{number}", fund, wanted, "account", f"2017/account/{number}", NOW)
        entries.append(ledger.entry(pledge))
        for step, state in enumerate(states):
            moment = NOW + timedelta(hours=step)
            try:
                pledge = pledges.advanced(pledge, state, moment, "officer", "Agreed", fund, taken)
            except Conflict:
                continue
            entries.append(ledger.entry(pledge))
        taken |= {pledge["slot_key"]} if "slot_key" in pledge else set()
        done.append(pledge)
    report = ledger.report(entries)
    for form in ("cash", "in_kind"):
        for state in pledges.STATES:
            here = [row for row in done if (row["form"], row["state"]) == (form, state)]
            expected = {"pledges": len(here), "centimes": sum(row["centimes"] or 0 for row in here)}
            assert report[form][state] == expected
            lines = [line[state] for line in report["lines"] if line["form"] == form]
            assert {name: sum(line[name] for line in lines) for name in expected} == expected
    assert len({entry["_id"] for entry in entries}) == len(entries)
    assert sum(row["package"] == "platinum" and row["state"] in pledges.PARTNER for row in done) <= 1
