"""Jobs whose process is stopped or killed: the next process resumes them, and nothing is done twice."""

from functools import partial
from urllib.parse import urlsplit, urlunsplit

import pytest
from kombu import Connection
from wsis_shared import context
from wsis_shared.amqp import topology
from wsis_shared.amqp.declare import declare
from wsis_shared.jobs.repository import Jobs
from wsis_testkit import crash_at, publish, wait_for
from wsis_testkit.proxy import Proxy

CRASHES = (
    "wsis_shared.jobs.repository:Jobs._write:after",  # inside the transaction of a claim
    "wsis_shared.jobs.repository:Jobs.claim:after",  # claimed by a worker that is dead
    "wsis_madeup.service:Store.collection:after",  # in the middle of a step
    "wsis_shared.jobs.repository:Jobs.change:after",  # the step is done, and not yet committed
    "wsis_shared.jobs.runner:Runner._step:after",  # the step is committed
    "wsis_shared.jobs.runner:Runner.carry:after",  # the job has ended, its message is not acknowledged
    "wsis_shared.bus.shared_client:SharedClient.send:before",  # its message is stored, and not published
    "wsis_shared.outbox.relay:Relay._delete:before",  # published, and to be published again
)
STEPS = 20


@pytest.fixture
def enqueue(database, madeup_installed):
    """`enqueue("add_up", steps=3)`: a job that no process has seen yet; returns what reads it."""

    def make(kind, **arguments):
        jobs = Jobs(database("madeup"), "madeup", kept_days=1)
        with context.use(context.current()):
            return partial(jobs.get, jobs.enqueue(kind, arguments)["_id"])

    return make


def ended(read):
    return wait_for(lambda: (job := read())["finished_at"] and job, 60, "the end of the job")


def steps_of(database, job):
    return sorted(row["step"] for row in database("madeup")["rows"].find({"job": job["_id"]}))


@pytest.mark.parametrize("place", CRASHES)
def test_killed_at_any_place_it_resumes_and_repeats_nothing(serve, enqueue, database, place):
    read = enqueue("add_up", steps=STEPS)
    assert serve("madeup", wait=False, **crash_at(place)).process.wait(30) == 137
    service = serve("madeup")
    job = ended(read)
    assert (job["state"], job["result"]) == ("succeeded", {"total": STEPS})
    assert steps_of(database, job) == list(range(STEPS))
    assert service.stop() == 0


def test_stop_hands_the_job_to_the_next_process(serve, enqueue, database):
    read = enqueue("add_up", steps=100)
    first = serve("madeup")
    wait_for(lambda: read()["step"] > 2)
    assert first.stop(seconds=5) == 0
    assert (read()["state"], read()["runner"]) == ("running", None)
    second = serve("madeup")
    job = ended(read)
    assert steps_of(database, job) == list(range(100))
    second.stop()


def test_stop_interrupts_a_long_step(serve, enqueue):
    read = enqueue("walk", length=300)
    first = serve("madeup")
    wait_for(lambda: read()["progress"]["done"] > 0)
    assert first.stop(seconds=5) == 0
    assert read()["state"] == "running"
    second = serve("madeup")
    job = ended(read)
    assert job["result"] == {"total": 300}
    second.stop()


def test_message_that_comes_back_is_no_crash(serve, enqueue, environment, amqp_client):
    """A process that knows no such job, or whose store is away for long, returns it."""
    read = enqueue("sign")
    job, queue = read(), topology.job_queue("madeup")
    with Connection(environment["WSIS_AMQP_URI"]) as connection:
        channel = connection.channel()
        declare([queue], connection)
        publish(amqp_client, "madeup", "job_due", {"job": job["_id"], "kind": "sign", "dispatch": 1})
        for _ in range(40):
            message = wait_for(lambda: channel.basic_get(queue.name), what="the message")
            channel.basic_reject(message.delivery_tag, requeue=True)
    service = serve("madeup")
    assert ended(read)["state"] == "succeeded"
    service.stop()


def test_process_of_the_former_version_passes_on_what_it_does_not_know(serve, enqueue):
    former = serve("madeup", MADEUP_FORMER="1")
    read = enqueue("sign")
    wait_for(lambda: read()["dispatch"] > 2)
    service = serve("madeup")
    assert ended(read)["state"] == "succeeded"
    service.stop(), former.stop()


def test_message_that_comes_twice_takes_no_place(serve, enqueue, amqp_client):
    service = serve("madeup", MADEUP_MAX_JOBS_IN_FLIGHT="2")
    first = enqueue("ponder", steps=3)
    wait_for(lambda: first()["runner"])
    again = {"job": first()["_id"], "kind": "ponder", "dispatch": first()["dispatch"]}
    publish(amqp_client, "madeup", "job_due", again)
    ended(first)
    second, third = (enqueue("ponder", steps=20) for _ in range(2))
    wait_for(lambda: second()["runner"] and third()["runner"], 8)
    service.stop()


def test_job_that_kills_its_process_fails_in_the_end(serve, enqueue):
    read = enqueue("stumble", deadly=True)

    def failed():
        service = serve("madeup", wait=False)
        return wait_for(lambda: service.process.poll() == 9 or read()["finished_at"], 30) and read()["finished_at"]

    assert any(failed() for _ in range(8))
    assert (read()["state"], read()["error"]["code"]) == ("failed", "suite.job_crashed")


def test_lost_connection_does_not_begin_a_long_step_again(serve, enqueue, environment, database):
    parts = urlsplit(environment["WSIS_AMQP_URI"])
    with Proxy(parts.hostname, parts.port) as proxy:
        behind = parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{proxy.port}")
        service = serve("madeup", WSIS_AMQP_URI=urlunsplit(behind))
        read = enqueue("walk", length=300)
        wait_for(lambda: read()["progress"]["done"] > 0)
        proxy.cut()
        job = ended(read)
        assert (job["result"], job["dispatch"]) == ({"total": 300}, 1)
        assert database("madeup")["notes"].count_documents({"job": job["_id"]}) == 1
        second = enqueue("add_up", steps=1)
        assert ended(second)["state"] == "succeeded", "the message of the first is acknowledged"
        service.stop()
