"""A vote that a gateway received in time is in the queue before the count is sealed: one service waits for another."""

from __future__ import annotations

import inspect

from wsis_shared.amqp.client import AmqpClient

from wsis_gateway.request_parsing import BODY_SECONDS
from wsis_gateway.service_calls import COMMAND_WAIT
from wsis_voting.settings import Settings as VotingSettings


def test_the_grace_after_the_close_is_longer_than_any_wait_of_the_gateway() -> None:
    confirm = inspect.signature(AmqpClient.command).parameters["confirm"].default
    longest = BODY_SECONDS + confirm + COMMAND_WAIT
    assert VotingSettings.load({}).voting_grace_seconds > longest
