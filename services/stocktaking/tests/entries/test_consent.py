"""A submission agrees to the licence of the register, where the secretariat has chosen one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from wsis_shared.errors import Invalid
from wsis_testkit import actor, refused
from wsis_testkit.interruptions import InProcess
from wsis_testkit.pages import Pages

from wsis_stocktaking.entries.schemas.own import SubmissionBody
from wsis_stocktaking.entries.schemas.review import DecisionBody
from wsis_stocktaking.settings import Settings

from ..page_kit import LICENCE, OWN, OWN_ENTRY

NOW = datetime(2016, 7, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
ADA, OFFICER = actor(id="ada"), actor("officer", id="officer")


@pytest.fixture(scope="module")
def service(database: Any) -> InProcess:
    return InProcess("stocktaking", database("stocktaking"), {"accounts": {}, "prizes": {}})


class World:
    """An entry of Ada's, from the draft to the public."""

    def __init__(self, service: InProcess, content: Any) -> None:
        service.restore({})
        self.service, self._keys = service, 0
        draft = self.do("create_entry", ADA, body={"content": content, "contact": None})
        self.entry = draft["id"]

    def do(self, method: str, who: Any, at: datetime = NOW, **arguments: Any) -> Any:
        self._keys += 1
        return self.service.call(method, who, at=at, key=f"key-{self._keys}", **arguments)

    def own(self) -> Any:
        return self.do("read_own_entry", ADA, entry=self.entry)

    def submit(self, **body: Any) -> Any:
        body = SubmissionBody().load({"version": self.own()["version"], **body})
        return self.do("submit_own_entry", ADA, entry=self.entry, body=body)

    def approve(self) -> Any:
        body = DecisionBody().load({"version": self.own()["version"], "decision": "approve"})
        self.do("decide_review", OFFICER, LATER, entry=self.entry, body=body)
        return self.do("read_entry", actor(), LATER, entry=self.entry)


@pytest.fixture
def licensed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Chooses a licence."""

    def choose(licence: str) -> None:
        monkeypatch.setenv("WSIS_STOCKTAKING_LICENCE", licence)
        Settings.forget_current()

    yield choose
    monkeypatch.undo()
    Settings.forget_current()


@pytest.fixture
def world(service: InProcess, make_content: Any) -> World:
    return World(service, make_content())


def test_no_licence_is_asked_before_the_secretariat_has_chosen_one(world: World) -> None:
    assert (world.own()["licence"], world.submit()["state"]) == ("", "submitted")
    shown = world.approve()
    assert (shown["licence"], shown["licence_agreed_at"]) == ("", None)


def test_an_entry_keeps_the_licence_that_was_agreed_to_and_when(world: World, licensed: Callable[[str], None]) -> None:
    licensed(LICENCE)
    assert world.own()["licence"] == LICENCE
    for wrong in (None, "https://licence.example/other"):
        with refused("stocktaking.consent_needed") as refusal:
            world.submit(licence=wrong)
        assert refusal.value.fields == {"licence": ["Agree to the licence."]}
    world.submit(licence=LICENCE)
    shown = world.approve()
    assert (shown["licence"], shown["licence_agreed_at"]) == (LICENCE, NOW)
    assert world.own()["consent"] == {"licence": LICENCE, "at": NOW}
    licensed("https://licence.example/next")
    assert world.do("read_entry", actor(), LATER, entry=world.entry)["licence"] == LICENCE


def test_the_page_asks_for_the_licence_and_says_where_it_is_missing() -> None:
    pages = Pages(OWN, "stocktaking").sign_in()
    pages.bus.answers["stocktaking.read_own_entry"] = OWN_ENTRY | {"state": "draft"}
    shown = pages.get("/en/me/entries/e1")
    assert shown.all("//main//a[@rel='license']/@href") == [LICENCE]
    at = next(at for at, form in enumerate(shown.tree.forms) if form.fields.get("_form") == "submit")
    shown.send(at, licence=LICENCE).send(0)
    bodies = [arguments["body"] for name, arguments, _ in pages.bus.calls if name.endswith(".submit_own_entry")]
    assert bodies == [{"version": 5, "licence": LICENCE}]
    pages.bus.answers["stocktaking.submit_own_entry"] = Invalid(
        "stocktaking.consent_needed", fields={"licence": ["Agree to the licence."]}
    )
    back = pages.get("/en/me/entries/e1").send(at).send(0)
    assert "Agree to the licence." in back.text("//main")
    pages.bus.answers["stocktaking.read_own_entry"] = OWN_ENTRY | {"state": "draft", "licence": ""}
    assert pages.get("/en/me/entries/e1").all("//main//a[@rel='license']") == []
