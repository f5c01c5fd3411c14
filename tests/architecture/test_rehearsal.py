"""What `make rehearsal` reads before it kills. The rehearsal itself takes root, podman and an hour."""

from __future__ import annotations

import json

import pytest
from tests.rehearsal.engine import Failed
from tests.rehearsal.project import leader_of, most_led, process_of

VOTES = "commands.voting.cast"


def _listed(leader: object) -> str:
    return json.dumps([{"name": "rpc-voting", "leader": "rabbit@rabbitmq-2"}, {"name": VOTES, "leader": leader}])


def test_the_container_of_the_node_that_leads_the_votes_is_killed() -> None:
    assert leader_of(VOTES, _listed("rabbit@rabbitmq-1")) == "rabbitmq-1"


@pytest.mark.parametrize("listed", [_listed(""), _listed("rabbit@elsewhere"), "[]"], ids=["none", "foreign", "gone"])
def test_nothing_is_killed_while_no_broker_leads_the_votes(listed: str) -> None:
    with pytest.raises(Failed, match=VOTES):
        leader_of(VOTES, listed)


def test_the_process_of_a_container_is_killed_and_never_the_rehearsal_itself() -> None:
    """kill(0) would end everything that was started with it."""
    assert process_of("mongo-1", json.dumps([{"State": {"Running": True, "Pid": 4711}}])) == 4711
    with pytest.raises(Failed, match="mongo-1 does not run"):
        process_of("mongo-1", json.dumps([{"State": {"Running": False, "Pid": 0}}]))


def test_queues_that_no_other_node_can_lead_are_not_counted() -> None:
    """A queue of responses lives on one node."""
    kinds = (("quorum", 0), ("quorum", 1), ("quorum", 2), ("quorum", 2), *[("classic", 0)] * 9)
    assert most_led(json.dumps([{"type": kind, "leader": f"rabbit@rabbitmq-{node}"} for kind, node in kinds])) == 0.5
