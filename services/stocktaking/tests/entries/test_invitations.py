"""The call for updates, and what of it survives an end of the process at any place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from marshmallow import ValidationError
from wsis_testkit import refused
from wsis_testkit.interruptions import InProcess, check_done_once, overlap_at, overlaps_of

from wsis_stocktaking.entries.schemas.review import InvitationBody, OwnerlessPage

from ..world_kit import ADA, NOW, OFFICER, RegisterWorld

OLD, RECENT = NOW - timedelta(days=1000), NOW - timedelta(days=100)

Act = Callable[[], Any]


@pytest.fixture(scope="module")
def service(database: Any) -> InProcess:
    others: Any = defaultdict(dict)  # no other service is called
    return InProcess("stocktaking", database("stocktaking"), others)


class Run(RegisterWorld):
    """Invitations in an empty register."""

    asking, dated = OFFICER, OLD

    def calling(self, at: datetime = NOW, **changes: Any) -> Act:
        body = InvitationBody().load({"dry_run": False, "reason": "The call of 2016", **changes})
        start = self.request("start_invitations", at=at, body=body)

        def act() -> Any:
            job = start()
            self.service.run("invite_owners")
            return self.service.bus.jobs.get(job["id"])["result"]

        return act

    def invited(self) -> list[tuple[str, int]]:
        return sorted((row["data"]["account"], row["data"]["count"]) for row in self.service.outbox("update_invited"))

    def read(self, entry: str) -> Any:
        return self.service.call("read_review", OFFICER, at=NOW, entry=entry)

    def submitted(self, entry: str = "", who: Any = ADA) -> dict[str, Any]:
        body = {"content": self.make_content(), "contact": {"name": "Ada", "email": "ada@ngo.example"}}
        made = self.request("create_entry", who, body=body)()
        return self.request("submit_own_entry", who, entry=made["id"], body={"version": made["version"]})()  # type: ignore[no-any-return]

    def deciding(self, decision: str, entry: dict[str, Any], **more: Any) -> Act:
        body = {"decision": decision, "version": entry["version"], "reason": None, "content": None, **more}
        return self.request("decide_review", entry=entry["id"], body=body)


@pytest.fixture
def run(service: InProcess, make_content: Any) -> Run:
    return Run(service, make_content)


def test_each_owner_of_old_entries_gets_one_mail_that_lists_them(run: Run) -> None:
    run.publish("a1", "ada", title={"en": "First"})
    run.publish("a2", "ada", title={"en": "Second"})
    run.publish("a3", "ada", RECENT)
    run.publish("b1", "bea")
    run.publish("c1", "chi", RECENT)
    run.publish("n1", None)
    assert run.calling(dry_run=True, reason=None)() == {
        "dry_run": True,
        "years": 2.0,
        "action_lines": [],
        "regions": [],
        "entries": 4,
        "owners": 2,
        "invited_before": 0,
        "without_owner": 1,
    }
    assert run.invited() == []
    assert run.calling()()["owners"] == 2
    assert run.invited() == [("ada", 2), ("bea", 1)]
    [event] = [row for row in run.service.outbox("update_invited") if row["data"]["account"] == "ada"]
    mail = run.service.call("list_invited", at=NOW, data=event["data"], account="ada")
    assert sorted(row["title"] for row in mail["entries"]) == ["First", "Second"]
    assert mail["more"] == 0
    assert run.service.db["invitation_groups"].count_documents({}) == 0


def test_calls_say_whom_they_reached_and_who_has_updated_since(run: Run) -> None:
    for owner in ("ada", "bea", "chi"):
        run.publish(f"of-{owner}", owner)
    run.calling(years=2, dry_run=True)()
    run.calling(years=2)()
    run.publish("more", "ada", NOW + timedelta(days=1))
    read = run.request("list_invitations", at=NOW + timedelta(days=2))()
    [call] = read["items"]
    assert (call["invited"], call["updated"], read["total"]) == (3, 1, 1)
    assert run.request("list_invitations", at=NOW + timedelta(days=200))()["items"][0]["updated"] is None


def test_a_call_needs_a_reason() -> None:
    with pytest.raises(ValidationError) as raised:
        InvitationBody().load({"dry_run": False})
    assert raised.value.normalized_messages() == {"reason": ["A reason is needed."]}


def test_an_owner_is_not_invited_again_within_the_pause(run: Run) -> None:
    run.publish("a1", "ada")
    run.calling()()
    again = run.calling(NOW + timedelta(days=179))()
    assert (again["owners"], again["invited_before"]) == (0, 1)
    assert run.calling(NOW + timedelta(days=181))()["owners"] == 1
    assert run.invited() == [("ada", 1), ("ada", 1)]


def test_the_call_takes_lines_and_regions(run: Run) -> None:
    run.publish("a1", "ada", countries=["PS"])
    run.publish("b1", "bea", countries=["KE"])
    run.publish("c1", "chi", countries=["PS"], action_lines=[{"line": "C1", "sub_themes": []}])
    run.calling(regions=["arab_states"], action_lines=["C7.e-agriculture"])()
    assert run.invited() == [("ada", 1)]


def test_a_mail_lists_fifty_entries_and_counts_the_others(run: Run) -> None:
    for number in range(53):
        run.publish(f"a{number}", "ada")
    run.calling()()
    mail = run.service.call("list_invited", at=NOW, data={"account": "ada", "count": 53}, account="ada")
    assert (len(mail["entries"]), mail["more"]) == (50, 3)


def test_nobody_is_mailed_of_entries_that_are_gone_meanwhile(run: Run) -> None:
    run.publish("a1", "ada")
    run.calling()()
    entry = run.read("a1")
    run.request("withdraw_own_entry", ADA, entry="a1", body={"version": entry["version"]})()
    with refused("stocktaking.entry_unknown"):
        run.service.call("list_invited", at=NOW, data={"account": "ada", "count": 1}, account="ada")


def test_entries_without_owner_are_listed_with_the_contact_of_the_import_in_few_commands(
    run: Run, count_commands: Any
) -> None:
    for number in range(5):
        run.publish(f"n{number}", None)
    run.publish("a1", "ada")
    run.service.db["entry_contacts"].insert_one({"_id": "n1", "name": "Ngo", "email": "ngo@example.org"})

    def listed(limit: int) -> list[Any]:
        page = run.service.call("list_entries_without_owner", OFFICER, at=NOW, limit=limit, years=2.0)
        return OwnerlessPage().dump(page)["items"]  # type: ignore[no-any-return]

    assert [(row["entry"], row["contact"]) for row in listed(20)] == [
        ("n0", None),
        ("n1", {"name": "Ngo", "email": "ngo@example.org"}),
        ("n2", None),
        ("n3", None),
        ("n4", None),
    ]
    few, many = (len(count_commands(lambda limit=limit: listed(limit))) for limit in (1, 4))
    assert many <= few
    assert run.service.outbox("update_invited") == []


def test_lists_need_as_many_commands_for_many_entries_as_for_one(run: Run, count_commands: Any) -> None:
    for _ in range(5):
        run.submitted()

    def commands(method: str, who: Any, limit: int) -> int:
        return len(count_commands(lambda: run.service.call(method, who, at=NOW, limit=limit)))

    for method, who in (("list_reviews", OFFICER), ("list_own_entries", ADA)):
        assert commands(method, who, 4) <= commands(method, who, 1)


# -- interrupted ------------------------------------------------------------------------------------------------------


def approve(run: Run) -> Act:
    return run.deciding("approve", run.submitted())


def amend(run: Run) -> Act:
    """An update that the officer completes."""
    entry = run.submitted()
    run.deciding("approve", entry)()
    body = {"content": run.make_content(kind="programme"), "contact": None, "version": run.read(entry["id"])["version"]}
    changed = run.request("change_own_entry", ADA, entry=entry["id"], body=body)()
    body = {"version": changed["version"]}
    waiting = run.request("submit_own_entry", ADA, entry=entry["id"], body=body)()
    return run.deciding("approve", waiting, content=run.make_content(kind="website"), reason="It is a website")


def merge(run: Run) -> Act:
    run.publish("b1", None)
    waiting = run.submitted()
    run.deciding("approve", waiting)()
    body = {
        "into": "b1",
        "version": run.read(waiting["id"])["version"],
        "into_version": 1,
        "reason": "Twice",
        "content": run.make_content(keywords=["maize"]),
    }
    return run.request("merge_entries", entry=waiting["id"], body=body)


def withdraw(run: Run) -> Act:
    run.publish("a1", "ada")
    return run.deciding("withdraw", {"id": "a1", "version": 1}, reason="An advertisement")


def invite(run: Run) -> Act:
    for number in range(3):
        run.publish(f"a{number}", "ada")
        run.publish(f"b{number}", "bea")
    return run.calling()


# What is interrupted, and what others learn of it: the events that are stored in the end, and how many.
ACTS: dict[Callable[[Run], Act], dict[str, int]] = {
    approve: {"entry_published": 1, "entry_approved": 1, "action_taken": 1},
    amend: {"entry_published": 2, "entry_approved": 2},
    merge: {"entry_published": 2, "entry_withdrawn": 1, "entry_closed": 1},
    withdraw: {"entry_withdrawn": 1, "entry_closed": 1, "action_taken": 1},
    invite: {"update_invited": 2, "action_taken": 1},
}


@pytest.mark.parametrize("prepare", ACTS, ids=lambda act: act.__name__)
def test_what_is_interrupted_anywhere_is_done_once(run: Run, prepare: Callable[[Run], Act]) -> None:
    """It dies and is repeated, or another replica does the same meanwhile."""
    service, act = run.service, prepare(run)

    def check() -> None:
        assert {event: len(service.outbox(event)) for event in ACTS[prepare]} == ACTS[prepare]

    check_done_once(service, act, check)


def test_of_two_officers_at_the_same_moment_one_decides(run: Run) -> None:
    waiting = run.submitted()
    first, second = run.deciding("approve", waiting), run.deciding("return", waiting, reason="Incomplete")
    prepared = run.service.documents()
    places = overlaps_of(first)
    assert places
    for place in places:
        run.service.restore(prepared)
        with refused("stocktaking.entry_changed"):
            overlap_at(place, first, second)
        entry = run.read(waiting["id"])
        assert (entry["visibility"], entry["state"]) in (("public", None), ("unpublished", "returned"))
