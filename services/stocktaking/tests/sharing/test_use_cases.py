"""An owner shares an entry and hands it over; others try to get what is not theirs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from wsis_testkit import actor, refused
from wsis_testkit.interruptions import InProcess, check_done_once

from wsis_stocktaking.sharing import rules
from wsis_stocktaking.sharing.schemas import ShareBody

from ..world_kit import ADA, BEN, NOW, RegisterWorld

EVE = actor(id="eve")
MAIL = "ben@ict.example"


@pytest.fixture(scope="module")
def service(database: Any) -> InProcess:
    return InProcess("stocktaking", database("stocktaking"), {"accounts": {}, "prizes": {}})


def named(organization: str) -> dict[str, Any]:
    return {"name": organization, "type": "government", "country": "KE", "website": None}


class World(RegisterWorld):
    """A register with entries of Ada's, and what people do with them."""

    def __init__(self, service: InProcess, make_content: Any) -> None:
        super().__init__(service, make_content)
        for entry, name in (("e1", "Ministry of ICT"), ("e2", "Ministry of ICT"), ("e3", "University")):
            self.publish(entry, "ada", organization=named(name))

    def share(self, who: Any = ADA, email: str = MAIL, **body: Any) -> Any:
        return self.do("share_entry", who, entry="e1", body=ShareBody().load({"email": email, **body}))

    def mail(self, share: Any) -> Any:
        asked = [row for row in self.service.outbox("entry_share_offered") if row["data"]["share"] == share["id"]]
        return self.service.call("write_share_code", at=NOW, data=asked[-1]["data"])

    def accept(self, share: Any, who: Any = BEN, code: str = "", at: datetime = NOW) -> Any:
        return self.do("accept_share", who, at, share=share["id"], body={"code": code or self.mail(share)["code"]})

    def version(self, entry: str = "e1") -> int:
        return int(self.register.find(entry)["version"])

    def change(self, who: Any, entry: str = "e1", **changes: Any) -> Any:
        body = {"version": self.version(entry), "content": self.make_content(**changes), "contact": None}
        return self.do("change_own_entry", who, entry=entry, body=body)

    def shares(self, who: Any = ADA) -> list[Any]:
        return list(self.do("list_shares", who, entry="e1", limit=20)["items"])


@pytest.fixture
def world(service: InProcess, make_content: Any) -> World:
    return World(service, make_content)


def test_an_editor_changes_submits_and_confirms_the_entry_for_its_owner(world: World) -> None:
    share = world.share()
    mail = world.mail(share)
    assert (mail["contact"]["email"], mail["organization"], mail["role"]) == (MAIL, "Ministry of ICT", "editor")
    with refused("stocktaking.entry_unknown"):
        world.change(BEN)
    assert world.accept(share)["state"] == "accepted"
    world.do("confirm_own_entry", BEN, entry="e1", body={"version": world.version()})
    assert world.change(BEN, title={"en": "Written by Ben"})["editor"] is True
    sent = world.do("submit_own_entry", BEN, entry="e1", body={"version": world.version()})
    assert sent["state"] == "submitted"
    told = world.service.outbox("entry_submitted")[-1]["data"]
    assert world.service.call("copy_submission", at=NOW, data=told)["title"] == "Written by Ben"
    assert world.service.outbox("entry_share_accepted")[-1]["data"]["account"] == "ada"
    assert [row["title"] for row in world.do("list_own_shares", BEN, limit=20)["items"]] == ["Written by Ben"]
    assert world.owners()["e1"] == "ada"


def test_officers_see_who_edits_an_entry_and_who_was_asked(world: World) -> None:
    officer = actor("officer", id="olga")
    world.accept(world.share())
    world.share(email="eve@ict.example")

    def editors(entry: str) -> list[Any]:
        rows = world.do("list_editors", officer, entry=entry, limit=20)["items"]
        return sorted((row["email"], row["role"], row["state"]) for row in rows)

    assert editors("e1") == [(MAIL, "editor", "accepted"), ("eve@ict.example", "editor", "invited")]
    assert editors("e2") == []
    world.service.db["entries"].update_one({"_id": "e1"}, {"$set": {"owner": None}})
    assert editors("e1") == [], "nobody shares an entry without an owner"
    with refused("stocktaking.entry_unknown"):
        editors("nowhere")


def test_an_editor_neither_withdraws_nor_deletes_nor_shares(world: World) -> None:
    world.accept(world.share())
    body = {"version": world.version()}
    for method, arguments in (
        ("withdraw_own_entry", {"entry": "e1", "body": body}),
        ("discard_own_draft", {"entry": "e1"}),
        ("share_entry", {"entry": "e1", "body": ShareBody().load({"email": "eve@ict.example"})}),
        ("list_shares", {"entry": "e1", "limit": 20}),
    ):
        with refused("stocktaking.entry_unknown"):
            world.do(method, BEN, **arguments)


def test_only_the_owner_shares_an_entry_and_sees_with_whom(world: World) -> None:
    share = world.share()
    assert [(row["email"], row["state"]) for row in world.shares()] == [(MAIL, "invited")]
    for method, arguments in (
        ("share_entry", {"entry": "e1", "body": ShareBody().load({"email": MAIL})}),
        ("list_shares", {"entry": "e1", "limit": 20}),
        ("end_share", {"entry": "e1", "share": share["id"]}),
    ):
        with refused("stocktaking.entry_unknown"):
            world.do(method, EVE, **arguments)


def test_who_is_removed_or_leaves_edits_no_longer(world: World) -> None:
    share = world.share()
    world.accept(share)
    world.do("end_share", entry="e1", share=share["id"])
    with refused("stocktaking.entry_unknown"):
        world.change(BEN)
    again = world.share()
    world.accept(again)
    world.do("leave_entry", BEN, share=again["id"])
    with refused("stocktaking.entry_unknown"):
        world.change(BEN)
    actions = [row["data"]["action"].rpartition(".")[2] for row in world.service.outbox("action_taken")]
    assert actions == [f"entry_share_{what}" for what in ("offered", "accepted", "ended") * 2]


def test_a_new_owner_takes_the_entry_and_its_editors_over(world: World) -> None:
    world.accept(world.share(email="eve@ict.example"), EVE)
    world.share(email="late@ict.example")
    handed = world.share(role="owner")
    assert world.mail(handed)["role"] == "owner"
    world.accept(handed)
    assert world.owners() == {"e1": "ben", "e2": "ada", "e3": "ada"}
    with refused("stocktaking.entry_unknown"):
        world.change(ADA)
    world.change(EVE)
    assert [row["email"] for row in world.shares(BEN)] == ["eve@ict.example"]
    told = world.service.outbox("entry_share_accepted")[-1]["data"]
    assert (told["account"], told["role"], told["entries"]) == ("ada", "owner", 1)


def test_a_hand_over_of_an_organization_takes_all_its_entries_of_the_owner(world: World) -> None:
    world.accept(world.share(role="owner", whole=True))
    assert world.owners() == {"e1": "ben", "e2": "ben", "e3": "ada"}
    assert world.service.outbox("entry_share_accepted")[-1]["data"]["entries"] == 2


@pytest.mark.parametrize("never_public", [False, True])
def test_an_editor_does_not_choose_what_is_handed_over(world: World, never_public: bool) -> None:
    if never_public:
        world.change(ADA, organization=named("Ministry of ICT"))
        world.service.db["entries"].update_one({"_id": "e1"}, {"$set": {"content": None}})
    world.accept(world.share())
    handed = world.share(role="owner", whole=True)
    world.change(BEN, organization=named("University"))
    assert world.mail(handed)["organization"] == "Ministry of ICT"
    world.accept(handed)
    assert world.owners() == {"e1": "ben", "e2": "ben", "e3": "ada"}


def test_an_editor_adds_no_entry_to_a_hand_over(world: World) -> None:
    handed = world.share(role="owner", whole=True)
    world.accept(world.do("share_entry", entry="e3", body=ShareBody().load({"email": MAIL})), EVE)
    world.change(EVE, "e3", organization=named("Ministry of ICT"))
    world.accept(handed)
    assert world.owners() == {"e1": "ben", "e2": "ben", "e3": "ada"}


def test_who_passed_an_entry_on_reads_no_draft_of_it(world: World) -> None:
    handed = world.share(role="owner")
    world.accept(handed)
    assert world.do("read_own_share", BEN, share=handed["id"])["state"] == "done"
    world.accept(world.do("share_entry", BEN, entry="e1", body=ShareBody().load({"email": MAIL, "role": "owner"})), EVE)
    world.change(EVE, title={"en": "Not announced yet"})
    with refused("stocktaking.share_unknown"):
        world.do("read_own_share", BEN, share=handed["id"])


def test_a_hand_over_happens_once_after_any_interruption(world: World) -> None:
    share = world.share(role="owner", whole=True)
    code = world.mail(share)["code"]
    accept = world.request("accept_share", BEN, share=share["id"], body={"code": code})
    check_done_once(world.service, accept)
    assert world.owners() == {"e1": "ben", "e2": "ben", "e3": "ada"}


def test_codes_cannot_be_guessed_and_do_not_live_for_ever(world: World) -> None:
    share = world.share()
    code = world.mail(share)["code"]
    wrong = "00000000" if code != "00000000" else "11111111"
    with refused("stocktaking.share_code_wrong"):
        world.accept(share, code=code, at=NOW + rules.LIFE)
    for _ in range(rules.TRIES):
        with refused("stocktaking.share_code_wrong"):
            world.accept(share, EVE, wrong)
    with refused("stocktaking.share_code_wrong"):
        world.accept(share, code=code)
    assert world.mail(world.share())["code"] != code
    with refused("stocktaking.share_unknown"):
        world.accept(share, code=code)


def test_shares_end_where_the_entry_changes_hands_otherwise(world: World) -> None:
    share, late = world.share(), world.share(email="late@ict.example")
    world.accept(share)
    code = world.mail(late)["code"]
    world.service.db["entries"].update_one({"_id": "e1"}, {"$set": {"owner": "eve"}})
    with refused("stocktaking.entry_unknown"):
        world.change(BEN)
    with refused("stocktaking.share_unknown"):
        world.accept(late, code=code)
    assert world.do("list_own_shares", BEN, limit=20)["items"] == []
    assert world.shares(EVE) == []


def test_the_owner_cannot_accept_and_has_so_many_editors_at_most(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with refused("stocktaking.share_own"):
        world.accept(world.share(), ADA)
    monkeypatch.setattr(rules, "MAX_SHARES", 1)
    world.share()  # in place of the former one
    with refused("stocktaking.too_many_shares"):
        world.share(email="eve@ict.example")
    with refused("stocktaking.claim_mails_exceeded"):
        for _ in range(20):
            world.share()


def test_a_draft_that_is_deleted_has_no_shares(world: World) -> None:
    draft = world.do("create_entry", body={"content": world.make_content(), "contact": None})
    share = world.do("share_entry", entry=draft["id"], body=ShareBody().load({"email": MAIL}))
    world.do("discard_own_draft", entry=draft["id"])
    with refused("stocktaking.share_unknown"):
        world.do("read_own_share", BEN, share=share["id"])
    assert world.service.db["entry_shares"].count_documents({}) == 0
