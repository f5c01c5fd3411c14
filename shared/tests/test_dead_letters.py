"""What a dead letter shows to whoever may not read it."""

from __future__ import annotations

from kombu import Message
from wsis_shared.amqp.dead_letters import DeadLetter, _letter


def letter(project: str, message_id: str | None = "m1") -> DeadLetter:
    body = f'{{"args":{{"edition":"2017"}},"body":{{"project":"{project}"}}}}'
    headers = {"x-first-death-queue": "commands.voting.cast"}
    properties = {"message_id": message_id} if message_id else {}
    return _letter(Message(body=body, headers=headers, properties=properties))


def test_nothing_that_is_shown_of_a_vote_tells_its_choice() -> None:
    one, other = letter("p1"), letter("p2")
    shown = ("id", "queue", "reason", "at", "message_id", "type", "size", "redacted")
    assert {name: getattr(one, name) for name in shown} == {name: getattr(other, name) for name in shown}


def test_each_letter_has_an_id_of_its_own() -> None:
    letters = letter("p1"), letter("p1", "m2"), letter("p1", None), letter("p2", None)
    assert len({each.id for each in letters}) == 4
