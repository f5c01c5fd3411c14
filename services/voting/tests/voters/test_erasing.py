"""An erasure takes a person from all that the service stores, but for what security.yaml keeps."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_testkit import actor, canaries, publish, wait_for

LEAVER = "leaver-account"


@pytest.fixture(scope="module")
def service(serve: Any, prizes: Any, published: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    published("voting")
    return serve("voting", WSIS_VOTING_LOG_SECONDS="0", WSIS_LOG_DIR=str(tmp_path_factory.mktemp("log")))


def test_a_person_is_in_no_collection_any_more(
    service: Any, amqp_client: Any, database: Any, prizes: Any, open_contest: Any
) -> None:
    contest, told = open_contest(), {"account": LEAVER, "country": "CH"}
    publish(amqp_client, "accounts", "account_confirmed", told, subject=LEAVER)
    wait_for(lambda: database("voting")["voters"].find_one({"_id": LEAVER}), what="the voter")
    service.command("cast", actor("member", id=LEAVER), {"edition": contest.edition}, contest.ballot()[0])
    assert canaries.to_go("voting") - canaries.found("voting", [LEAVER]).keys() == set()
    canaries.erase(amqp_client, "voting", account=LEAVER)
    assert canaries.found("voting", [LEAVER]).keys() - canaries.may_stay("voting") == set()
