"""Scenario 17, its second half: the registers of three ministries were imported; each ministry claims its entries by a
mailed code, says that they are still correct, and answers a call."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from wsis_testkit import wait_for

from wsis_demo.client import Person, Problem, Suite

LAST_UPDATE = "2014-06-01"
MINISTRIES = {
    "rw": ("Ministry of ICT, Rwanda", "minict.example", 4),
    "gh": ("Ministry of Communications, Ghana", "moc.example", 3),
    "mx": ("Secretaría de Comunicaciones, México", "sct.example", 2),
}
_CODE = re.compile(r"(?<!\d)\d{8}(?!\d)")


@pytest.fixture(scope="module")
def registers(officer: Person) -> dict[str, list[str]]:
    """Entries by ministry, as imports made them: nobody owns them."""
    found = {}
    for country, (name, domain, count) in MINISTRIES.items():
        file = io.StringIO(newline="")
        rows = [_row(country, name, domain, number) for number in range(1, count + 1)]
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        job = officer.upload(
            "/v1/entry-imports", file.getvalue().encode(), "register.csv", "text/csv", source=f"{country}-claims"
        )
        *_, _ = officer.follow(f"/v1/jobs/{job['id']}")
        assert officer.get(f"/v1/entry-imports/{job['id']}")["counts"]["created"] == count
        changes = officer.each(f"/v1/entry-imports/{job['id']}/changes")
        found[country] = [row["entry"] for row in changes]
    return found


def _row(country: str, name: str, domain: str, number: int) -> dict[str, str]:
    return {
        "import_key": str(number),
        "title.en": f"Claimed project {country} {number}",
        "description.en": "Villages build and own their network.",
        "organization.name": name,
        "organization.type": "government",
        "organization.country": country.upper(),
        "organization.website": f"https://www.{domain}/projects",
        "kind": "project",
        "coverage": "national",
        "status": "ongoing",
        "countries": country.upper(),
        "action_lines": "C2",
        "last_updated_at": LAST_UPDATE,
    }


@pytest.fixture(scope="module")
def ministry(people: Any) -> Person:
    """Somebody of Rwanda's ministry, registered with an address of their own."""
    person: Person = people.member()
    return person


def _claim(suite: Suite, who: Person, entry: str, email: str) -> Any:
    seen = suite.mailbox.last(email)
    claim = who.post("/v1/entry-claims", {"entry": entry, "email": email})
    mail = suite.mailbox.wait(email, seen, matching=_CODE)
    code = _CODE.findall(suite.mailbox.plain(mail["id"]))[0]
    proved = who.put(f"/v1/me/entry-claims/{claim['id']}/proof", {"code": code})
    assert proved["state"] in ("proved", "done")
    path = f"/v1/me/entry-claims/{claim['id']}"
    return wait_for(lambda: found if (found := who.get(path))["state"] == "done" else None, 60, "the claim to be done")


def test_a_mailbox_of_the_domain_gives_the_ministry_all_its_entries(
    suite: Suite, registers: Any, ministry: Person, people: Any
):
    done = _claim(suite, ministry, registers["rw"][0], "office@minict.example")
    assert done["entries"] == len(registers["rw"])
    assert {row["id"] for row in ministry.each("/v1/me/entries")} == set(registers["rw"])
    suite.mailbox.wait(ministry.email, saying=("Ministry of ICT, Rwanda",))
    stranger = people.member()
    with pytest.raises(Problem) as refused:
        stranger.post("/v1/entry-claims", {"entry": registers["rw"][1], "email": "other@minict.example"})
    assert refused.value.code == "stocktaking.entry_owned"


def test_an_address_of_somebody_else_gets_no_mail_and_no_entry(suite: Suite, registers: Any, people: Any):
    stranger = people.member()
    for email in ("moc.example@gmail.com", "minister@moc.example.evil.example", "minister@mail.moc.example"):
        claim = stranger.post("/v1/entry-claims", {"entry": registers["gh"][0], "email": email})
        with pytest.raises(Problem) as refused:
            stranger.put(f"/v1/me/entry-claims/{claim['id']}/proof", {"code": "12345678"})
        assert (refused.value.code, list(refused.value.errors)) == ("stocktaking.claim_code_wrong", ["code"])
        assert suite.mailbox.last(email) == 0
    assert list(stranger.each("/v1/me/entries")) == []


def test_a_ministry_says_by_one_press_that_an_entry_is_still_correct(registers: Any, ministry: Person, visitor: Person):
    entry = registers["rw"][0]
    assert visitor.get(f"/v1/entries/{entry}")["freshness"] == "red"
    read = ministry.get(f"/v1/me/entries/{entry}")
    ministry.put(f"/v1/me/entries/{entry}/confirmation", {"version": read["version"]})
    shown = wait_for(lambda: found if (found := visitor.get(f"/v1/entries/{entry}"))["freshness"] == "green" else None)
    assert (shown["revision"], shown["title"]) == (2, {"en": "Claimed project rw 1"})


def test_a_call_reaches_the_owner_whose_answer_is_counted(
    suite: Suite, officer: Person, registers: Any, ministry: Person
):
    words = {"en": "Please look at your entries before the Forum in Geneva."}
    deadline = (date.today() + timedelta(days=30)).isoformat()
    call = officer.post("/v1/update-calls", {"text": words, "deadline": deadline, "remind_days": 7})
    path = f"/v1/update-calls/{call['id']}"
    counted = officer.post(f"{path}/invitations", {"dry_run": True})
    assert counted["owners"] >= 1
    assert officer.get(path)["invited"] == 0
    sent = officer.post(f"{path}/invitations", {"dry_run": False, "reason": "Before the Forum"})
    assert sent["owners"] == officer.get(path)["invited"] == counted["owners"]
    suite.mailbox.wait(ministry.email, saying=("before the Forum in Geneva", f"/me/calls/{call['id']}"))
    own = ministry.get(f"/v1/me/update-calls/{call['id']}")
    assert {row["id"] for row in own["entries"]} == set(registers["rw"][1:])
    body = {"entries": [row["id"] for row in own["entries"]]}
    answered = ministry.put(f"/v1/me/update-calls/{call['id']}/confirmation", body)
    assert all(row["current"] for row in answered["entries"])
    read = officer.get(path)
    assert (read["opened"], read["confirmed"], read["answered"]) == (1, 1, 1)
    silent = {row["account"] for row in officer.each(f"{path}/owners", answered="false")}
    assert ministry.account not in silent
