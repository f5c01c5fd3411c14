"""What people do with entries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from wsis_shared.errors import NotFound
from wsis_testkit import actor, wait_for

from wsis_stocktaking.entries.schemas import own
from wsis_stocktaking.entries.schemas import public as public_schemas
from wsis_stocktaking.entries.schemas import review as review_schemas

NOW = datetime(2016, 7, 1, 12, tzinfo=UTC)

LATER = NOW + timedelta(days=400)

ADA, BEN = actor(id="ada"), actor(id="ben")


@pytest.fixture(scope="module")
def accounts(fake_service: Any) -> None:
    def profile(account: str) -> dict[str, Any]:
        if account == "nobody":
            raise NotFound("accounts.account_unknown")
        return {"account": account}

    fake_service("accounts", profile=profile)


class Register:
    """What people do with entries."""

    def __init__(self, service: Any, published: Any, officer: Any, make_content: Any) -> None:
        self.service, self.published, self.officer, self.make_content = service, published, officer, make_content

    def call(self, method: str, who: Any, at: datetime = NOW, **arguments: Any) -> Any:
        return self.service.call(method, who, context={"received_at": at}, **arguments)

    def draft(self, who: Any = ADA, **changes: Any) -> dict[str, Any]:
        body = own.NewDraft().load({"content": self.make_content(**changes)})
        return own.OwnEntry().dump(self.call("create_entry", who, body=body))

    def change(self, entry: dict[str, Any], who: Any = ADA, **changes: Any) -> dict[str, Any]:
        body = {"content": self.make_content(**changes), "version": entry["version"]}
        loaded = own.DraftBody().load(body)
        return self.call("change_own_entry", who, entry=entry["id"], body=loaded)

    def submit(self, entry: dict[str, Any], who: Any = ADA, at: datetime = NOW) -> dict[str, Any]:
        return self.call("submit_own_entry", who, at, entry=entry["id"], body={"version": entry["version"]})

    def decide(self, entry: dict[str, Any], decision: str, at: datetime = NOW, **more: Any) -> dict[str, Any]:
        body = review_schemas.DecisionBody().load({"decision": decision, "version": entry["version"], **more})
        decided = self.call("decide_review", self.officer, at, entry=entry["id"], body=body)
        return review_schemas.Review().dump(decided)

    def public(self, who: Any = ADA, **changes: Any) -> dict[str, Any]:
        return self.decide(self.submit(self.draft(who, **changes), who), "approve")

    def read(self, entry: str, at: datetime = NOW) -> dict[str, Any]:
        return public_schemas.Entry().dump(self.call("read_entry", actor(), at, entry=entry))

    def mails(self, event: str, entry: str, count: int = 1) -> list[dict[str, Any]]:
        def of_entry() -> list[dict[str, Any]]:
            return [row["data"] for row in self.published.of(event) if row["data"]["entry"] == entry]

        return wait_for(lambda: of_entry() if len(of_entry()) >= count else [], what=event)


@pytest.fixture(scope="module")
def register(accounts: None, stocktaking: Any, published: Any, officer: Any, make_content: Any) -> Register:
    return Register(stocktaking, published("stocktaking"), officer, make_content)
