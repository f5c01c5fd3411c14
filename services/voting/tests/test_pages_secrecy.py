"""An attack by an officer with every right: all pages of the desk, over the running service, while votes come in and
after the close, say for nobody how many votes there are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from wsis_shared import clock
from wsis_testkit import actor
from wsis_testkit.pages import Pages

OFFICER = actor("officer")
READS = ("read_turnout", "read_voting", "read_review", "list_clusters", "read_certification", "read_tally")
PATHS = ("turnout", "clusters", "certification", "finalists", "announcement")


@pytest.fixture(scope="module")
def service(serve: Any, prizes: Any) -> Any:
    return serve(
        "voting",
        WSIS_VOTING_GRACE_SECONDS="0.2",
        WSIS_VOTING_CERTIFY_AUTOMATICALLY="no",
        WSIS_REVIEW_MINUTES="0",
    )


def desk(service: Any, edition: str) -> str:
    """All that the pages of the edition's voting show an officer."""

    def ask(name: str) -> Any:
        return lambda arguments: service.call(name, OFFICER, **arguments)

    answers: Mapping[str, Any] = {f"voting.{name}": ask(name) for name in READS}
    pages = Pages(answers).sign_in("officer", "operator")
    shown = [pages.get(f"/en/desk/editions/{edition}/{path}") for path in PATHS]
    assert [each.status for each in shown[:3]] == [200] * 3, "those of this service"
    return " ".join(each.html for each in shown)


def test_no_page_of_the_desk_tells_whom_votes_are_for(
    service: Any, prizes: Any, open_contest: Any, voter: Any, state_of: Any
) -> None:
    contest = open_contest()
    for number in (1, 1, 2):
        service.command("cast", voter(), {"edition": contest.edition}, {"votes": contest.ballot(number)})
    names = {name for row in contest.nominees for name in (row["project"], row["title"])}
    while_open = desk(service, contest.edition)
    prizes.move(contest, clock.now())
    state_of(service, contest, "closed")
    for shown in (while_open, desk(service, contest.edition)):
        assert "Votes" in shown
        assert [name for name in names if name in shown] == []
    body = {"reason": "All votes are in"}
    service.call("certify_tally", OFFICER, edition=contest.edition, body=body)
    state_of(service, contest, "certified")
    told = json.dumps(service.call("read_tally", OFFICER, edition=contest.edition))
    assert contest.project("C1", 1) in told, "the search finds it where it is told"
    assert [name for name in names if name in desk(service, contest.edition)] == []
