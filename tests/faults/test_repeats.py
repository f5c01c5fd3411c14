"""D2, D3, D6, D7: the same vote many times, answers that get lost, messages twice, messages that are none."""

from __future__ import annotations

import asyncio
import json
import random
import uuid
from collections import Counter
from typing import Any

from tests.faults.kit.crowd import Crowd, Job
from tests.faults.kit.http import Connection, Response
from tests.faults.kit.ledger import Entry
from tests.load.figures import Figure
from wsis_local.patience import Deadline, factor
from wsis_shared.amqp.client import AmqpClient
from wsis_testkit import actor, make_context, wait_for
from wsis_testkit.proxy import Proxy

STORED_SECONDS = 60  # until a vote that was sent or published is in the ballot


def test_fifty_casts_at_the_same_time_make_one_vote(suite: Any, crowd: Any, report: Any, long: bool) -> None:
    """D2: half for one project and half for another, each under a key of its own, over all workers and categories."""
    voters, times = (1000, 50) if long else (18, 50)
    some = crowd(voters)
    categories = some.contest.categories

    async def storm() -> tuple[Counter[int], int]:
        lines = [Connection("127.0.0.1", some.port) for _ in range(times)]
        statuses, doubled = Counter[int](), 0
        for number in range(voters):
            category = categories[number % len(categories)]
            first, second = some.contest.nominees[category][:2]
            answers = await asyncio.gather(
                *(
                    some.send(line, number, category, uuid.uuid4().hex, (first, second)[turn % 2])
                    for turn, line in enumerate(lines)
                )
            )
            statuses.update(answer.status for answer in answers)
            while (held := await some.ballot(lines[0], number)).get(category) is None:
                await asyncio.sleep(0.1)
            stored = [answer for answer in answers if answer.status == 201]
            doubled += max(0, len(stored) - 1)
            receipts = {json.dumps(answer.json.get("receipt")) for answer in answers if answer.status in (200, 201)}
            assert len(receipts) <= 1, "one vote, one receipt"
            await some.ledger.write(Entry(some.voters[number].account, category, held[category]))
        return statuses, doubled

    statuses, doubled = asyncio.run(storm())
    assert set(statuses) <= {200, 201, 202, 409, 503}, statuses  # on a busy machine some are told to come again
    report(
        Figure("D2 casts at the same time", sum(statuses.values()), f"casts of {voters} voters"),
        Figure("D2 second votes stored", doubled, "votes", at_most=0),
    )


def test_repeats_after_lost_answers(suite: Any, crowd: Any, settled: Any, report: Any, long: bool, seed: int) -> None:
    """D3: the request arrives, its answer does not; the same request again has one answer, however often. On a busy
    machine one is told that the vote is accepted, or to come again: that is no answer yet."""
    voters = 556 if long else 3
    some = crowd(voters)
    jobs = some.jobs(range(voters), seed)
    keys = {job: uuid.uuid4().hex for job in jobs}
    chunk = 64

    async def lose(proxy: Proxy, part: list[tuple[int, str]]) -> None:
        """Send them all; hear nothing of them."""
        lines = [Connection("127.0.0.1", proxy.port, timeout=30) for _ in part]
        proxy.drop_replies()
        deadline = Deadline(STORED_SECONDS)
        sent = [asyncio.create_task(some.send(line, *job, keys[job])) for line, job in zip(lines, part, strict=True)]
        direct = Connection("127.0.0.1", some.port)
        for number, category in part:
            while category not in await some.ballot(direct, number):
                assert not deadline.passed, f"of {len(part)} requests some did not arrive"
                await asyncio.sleep(0.02)
        proxy.cut()
        lost = await asyncio.gather(*sent, return_exceptions=True)
        assert all(isinstance(answer, Exception) for answer in lost), "every answer was lost"

    async def again(part: list[tuple[int, str]]) -> int:
        direct, differing = Connection("127.0.0.1", some.port), 0
        for job in part:
            answers = [await _decided(some, direct, job, keys[job]) for _ in range(2)]
            one, two = ((answer.status, _without_progress(answer.json)) for answer in answers)
            differing += one != two or one[0] not in (200, 201)
            await some.ledger.write(Entry(some.voters[job[0]].account, job[1], some.contest.choice(*job)))
        return differing

    async def all_of_it() -> int:
        differing = 0
        with Proxy("127.0.0.1", some.port) as proxy:
            for start in range(0, len(jobs), chunk):
                part = jobs[start : start + chunk]
                await lose(proxy, part)
                differing += await again(part)
        return differing

    async def with_another_body() -> tuple[int, str]:
        (number, category), key = jobs[0], keys[jobs[0]]
        other = next(one for one in some.contest.nominees[category] if one != some.contest.choice(number, category))
        answer = await some.send(Connection("127.0.0.1", some.port), number, category, key, other)
        return answer.status, answer.json["code"]

    differing = asyncio.run(all_of_it())
    # Another content is another command, whatever its key; the rule of the vote refuses it.
    assert asyncio.run(with_another_body()) == (409, "voting.category_already_voted")
    report(Figure(f"D3 differing answers to one key, of {len(jobs)} lost", differing, "answers", at_most=0))
    settled("D3", some, jobs)


def test_messages_twice_and_out_of_order(suite: Any, crowd: Any, settled: Any, seed: int) -> None:
    """D6: each command three times, shuffled, past the gateway: the votes are those of one time."""
    some = crowd(8)
    jobs = some.jobs(range(8))
    commands = [(job, uuid.uuid4().hex) for job in jobs] * 3
    random.Random(seed).shuffle(commands)
    amqp_client = AmqpClient(suite.stack.broker.amqp_uri, "faults").start()
    try:
        assert amqp_client.wait_connected(10 * factor())
        messages = [_message(some, job, id) for job, id in commands]
        amqp_client.publish_all(messages, timeout=60)
    finally:
        amqp_client.stop()

    async def book() -> None:
        connection = Connection("127.0.0.1", some.port)
        for number, category in jobs:
            async with asyncio.timeout(STORED_SECONDS * factor()):
                while category not in await some.ballot(connection, number):
                    await asyncio.sleep(0.05)
            await some.ledger.write(Entry(some.voters[number].account, category, some.contest.choice(number, category)))

    asyncio.run(book())
    settled("D6", some, jobs)


POISON: list[tuple[Any, dict[str, Any], str]] = [
    ([], {}, "a"),
    ({}, {}, "b"),
    ({"args": 1, "body": {}}, {}, "c"),
    ({"args": {}, "body": None}, {}, "d"),
    ({"args": {}, "body": {}}, {"wsis-actor": "{"}, "e"),
    ({"args": {}, "body": {}}, {"wsis-received-at": "x"}, "f"),
    ({"args": {}, "body": {"category": {}, "project": []}}, {}, "g"),
    ({"args": {"edition": {}}, "body": {}}, {}, "h"),
    ({"args": {"edition": "2017"}, "body": {"votes": 7}}, {}, "i"),
    ("text", {}, "j"),
    (None, {}, "k"),
    (1e308, {}, "l"),
]


def test_poison_stops_nobody(suite: Any, crowd: Any, settled: Any, report: Any) -> None:
    """D7: every malformed command is dead-lettered; the recorders live on and the votes beside it are stored."""
    some, before, pids = crowd(20), suite.dead_letters(), suite.stack.pids()
    amqp_client = AmqpClient(suite.stack.broker.amqp_uri, "faults").start()

    async def faults() -> None:
        await some.until(20)
        await asyncio.to_thread(
            amqp_client.publish_all,
            [
                ("wsis-commands", "commands.voting.cast", body, headers, {"message_id": id})
                for body, headers, id in POISON
            ],
        )

    try:
        assert amqp_client.wait_connected(10 * factor())
        jobs = asyncio.run(some.meanwhile(some.jobs(range(20)), faults))
        wait_for(lambda: suite.dead_letters() - before >= len(POISON), 60, "all poison dead-lettered")
        found, after = suite.dead_letters() - before, suite.stack.pids()
    finally:
        amqp_client.stop()
        suite.drop_dead_letters()  # voting certifies nothing before
    restarts = sum(after[name] != pid for name, pid in pids.items() if name.startswith("voting"))
    wanted = len(POISON)
    report(
        Figure("D7 dead letters", found, f"of {wanted} messages", at_least=wanted, at_most=wanted),
        Figure("D7 recorders restarted", restarts, "processes", at_most=0),
    )
    settled("D7", some, jobs)


async def _decided(some: Crowd, connection: Connection, job: Job, key: str) -> Response:
    """The answer to a vote once it is stored or refused."""
    deadline = Deadline(STORED_SECONDS)
    while (answer := await some.send(connection, *job, key)).status in (202, 503) and not deadline.passed:
        await asyncio.sleep(0.2)
    return answer


def _message(some: Crowd, job: tuple[int, str], id: str) -> tuple[str, str, Any, Any, Any]:
    from wsis_shared.context import to_headers

    number, category = job
    body = {"category": category, "project": some.contest.choice(number, category)}
    payload = {"args": {"edition": some.contest.edition}, "body": body}
    context = make_context(actor(id=some.voters[number].account))
    return "wsis-commands", "commands.voting.cast", payload, to_headers(context), {"message_id": id}


def _without_progress(answer: dict[str, Any]) -> dict[str, Any]:
    """What must not differ: the ballot may have grown meanwhile, and the answer says how far it is."""
    return {name: value for name, value in answer.items() if name not in ("done", "message", "complete")}
