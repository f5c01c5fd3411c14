"""A service whose clusters officers look for and decide on, and crowds that vote."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .crowd import OFFICER, Crowd


@pytest.fixture(scope="module")
def service(serve: Any, prizes: Any, published: Any) -> Any:
    published("voting")
    return serve(
        "voting", WSIS_VOTING_GRACE_SECONDS="0.2", WSIS_VOTING_CERTIFY_AUTOMATICALLY="no", WSIS_REVIEW_MINUTES="0"
    )


@pytest.fixture(scope="module")
def db(database: Any) -> Any:
    return database("voting")


@pytest.fixture
def crowd(db: Any, open_contest: Callable[..., Any]) -> Callable[..., Crowd]:
    """`crowd(each=2)`: a contest that has been open for ten days, and people for it."""
    return lambda **more: Crowd(db, open_contest(opened_ago=10 * 86400, **more))


@pytest.fixture
def decide(service: Any) -> Callable[..., Any]:
    """`decide(crowd, cluster, "exclude")`."""

    def on(crowd: Crowd, cluster: str, decision: str, reason: str = "looked at it", **more: Any) -> Any:
        body = {"decision": decision, "reason": reason, "ground": None, **more}
        return service.run_job("decide_on_cluster", OFFICER, edition=crowd.contest.edition, cluster=cluster, body=body)

    return on
