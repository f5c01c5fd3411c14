"""Two officers save on the same revision, the second amid each step of the first: one wins, nothing is lost."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from wsis_shared.errors import PreconditionFailed
from wsis_testkit import actor
from wsis_testkit.interruptions import InProcess, overlap_at, overlaps_of

from wsis_consultation.editions.store import seed

ADA, BEA = actor("officer", id="ada"), actor("officer", id="bea")
WHERE = {"edition": "2017", "at": datetime(2017, 4, 1, 12, tzinfo=UTC)}


def test_of_two_who_overlap_anywhere_one_wins_and_the_other_learns_it(database: Any, environment: Any) -> None:
    service = InProcess("consultation", database("consultation"), {"accounts": {}})
    seed(service.db)
    body = {"type": "tedx_geneva", "title": {"en": "Opening"}}
    id = service.call("create_session", ADA, **WHERE, body=body)["id"]
    prepared, outcomes = service.documents(), dict[str, Any]()

    def adding(who: Any, speaker: str) -> Any:
        def add() -> None:
            try:
                service.call(
                    "change_session",
                    who,
                    **WHERE,
                    session=id,
                    if_match=[0],
                    body={
                        "speakers": [{"name": speaker}],
                    },
                )
                outcomes[speaker] = "saved"
            except PreconditionFailed as error:
                outcomes[speaker] = [row["name"] for row in error.params["difference"]["speakers"]]

        return add

    first, second = adding(ADA, "Ada Umutoni"), adding(BEA, "Wangari Otieno")
    places = overlaps_of(first)
    assert places
    for place in places:
        service.restore(prepared)
        outcomes.clear()
        assert overlap_at(place, first, second)
        [winner] = [name for name, outcome in outcomes.items() if outcome == "saved"]
        [loser] = [name for name, outcome in outcomes.items() if outcome != "saved"]
        assert outcomes[loser] == [winner], f"overlapped at place {place}"
        read = service.call("read_session", ADA, **WHERE, session=id)
        assert [row["name"] for row in read["speakers"]] == [winner]
