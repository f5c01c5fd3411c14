"""Jobs of a made-up service: carried step by step, polled, cancelled, retried; what a crash leaves is resumed."""

from datetime import datetime

import pytest
from wsis_shared import clock, context
from wsis_shared.collection_specs import declare
from wsis_shared.jobs import states
from wsis_shared.jobs.repository import Jobs
from wsis_shared.jobs.runner import Runner, Work
from wsis_testkit import actor, publish, refused, wait_for

ANN, BOB, OFFICER, OPERATOR = actor(), actor(), actor("officer"), actor("operator")


@pytest.fixture(scope="module")
def ended(madeup):
    """`ended(job)`: wait until it has ended and return it."""

    def wait(job, who=ANN, seconds=30):
        return wait_for(
            lambda: not states.is_live(seen := madeup.call("read_job", who, job=job["id"])) and seen, seconds, "the job"
        )

    return wait


def start(service, kind, who=ANN, key="", context=None, **arguments):
    return service.call("start", who, kind=kind, arguments=arguments, key=key, context=context)


def test_job_runs_step_by_step_to_its_result(madeup, ended, database):
    job = start(madeup, "add_up", steps=5)
    assert (job["state"], job["progress"], job["requested_by"]) == (
        "queued",
        {"done": 0, "total": 0, "note": ""},
        ANN.id,
    )
    done = ended(job)
    assert (done["state"], done["error"]) == ("succeeded", None)
    assert done["result"] == {"total": 5}, "only what the schema of the result declares"
    assert done["progress"]["done"] == done["progress"]["total"] == 5
    rows = database("madeup")["rows"].find({"job": job["id"]})
    assert sorted(row["step"] for row in rows) == [0, 1, 2, 3, 4]


def test_step_runs_once_while_the_events_of_the_job_are_sent(madeup, ended, database):
    job = start(madeup, "ponder", steps=4)
    assert ended(job)["state"] == "succeeded"
    assert database("madeup")["notes"].count_documents({"what": "pondered", "job": job["id"]}) == 4


def test_job_begins_with_the_transaction_that_enqueued_it(madeup, database):
    with refused("madeup.name_taken"):
        madeup.call("start_and_refuse", ANN, kind="sign")
    assert database("madeup")["jobs"].count_documents({"kind": "sign"}) == 0


def test_repeated_request_starts_no_second_job(madeup, ended):
    key = {"idempotency_key": "once"}
    first, second = (start(madeup, "sign", context=key) for _ in range(2))
    assert first["id"] == second["id"]
    assert ended(first)["result"] == {"by": ANN.id}, "a step runs for whoever requested the job"


def test_one_key_is_one_live_job(madeup, ended):
    first, second = (start(madeup, "walk", who, key="the walk", length=100_000) for who in (ANN, BOB))
    assert first["id"] == second["id"]
    madeup.call("cancel_job", ANN, job=first["id"])
    ended(first)
    third = start(madeup, "walk", key="the walk", length=1)
    assert third["id"] != first["id"]
    ended(third)


def test_only_its_requester_its_permission_and_operators_see_a_job(madeup, ended):
    job, walk = start(madeup, "add_up", steps=1), start(madeup, "walk", length=1)
    for who in (ANN, OFFICER, OPERATOR):
        assert madeup.call("read_job", who, job=job["id"])["id"] == job["id"]
    for who, id in ((BOB, job["id"]), (OFFICER, walk["id"]), (ANN, "madeup.none")):
        with refused("suite.job_unknown"):
            madeup.call("read_job", who, job=id)
        with refused("suite.job_unknown"):
            madeup.call("cancel_job", who, job=id)
    ended(job), ended(walk)


def test_jobs_are_listed_newest_first_in_pages(madeup, ended):
    made = [start(madeup, "sign") for _ in range(5)]
    for job in made:
        ended(job)
    seen, after = [], None
    while page := madeup.call("list_jobs", OPERATOR, kind="sign", state="succeeded", limit=2, after=after):
        seen += page["items"]
        if (after := page["next"]) is None:
            break
    ids = [job["id"] for job in seen]
    assert ids[:5] == [job["id"] for job in reversed(made)]
    assert len(set(ids)) == len(ids)


def test_progress_of_a_long_step_is_told_while_it_runs(madeup, ended, published):
    told = published("madeup")
    job = start(madeup, "walk", length=100)
    done = wait_for(
        lambda: 0 < (seen := madeup.call("read_job", ANN, job=job["id"]))["progress"]["done"] < 100 and seen
    )
    assert (done["state"], done["progress"]["total"]) == ("running", 100)
    ended(job)
    mine = wait_for(
        lambda: [
            event["data"]
            for event in told.of("job_progressed")
            if event["subject"] == job["id"] and event["data"]["state"] == "succeeded"
        ]
    )
    every = [event["data"] for event in told.of("job_progressed") if event["subject"] == job["id"]]
    assert [data["state"] for data in every][:2] == ["queued", "running"]
    over = madeup.call("read_job", ANN, job=job["id"])
    seconds = (datetime.fromisoformat(over["finished_at"]) - datetime.fromisoformat(over["started_at"])).total_seconds()
    assert len(every) <= 4 + 2 * seconds, "two a second at most"
    assert mine[0]["progress"]["done"] == 100


def test_cancel_ends_a_long_step_and_cleans_up(madeup, ended, database):
    walk = start(madeup, "walk", length=100_000)
    wait_for(lambda: madeup.call("read_job", ANN, job=walk["id"])["state"] == "running")
    rows = start(madeup, "add_up", steps=3)  # waits behind the walk: one job at a time
    assert madeup.call("cancel_job", ANN, job=rows["id"])["state"] == "cancelled"
    assert madeup.call("cancel_job", ANN, job=walk["id"])["cancel_requested"] is True
    assert ended(walk)["state"] == "cancelled"
    assert ended(rows)["state"] == "cancelled"
    assert madeup.call("cancel_job", ANN, job=walk["id"])["state"] == "cancelled"


def test_cancelled_job_takes_back_what_its_steps_did(madeup, ended, database):
    job = start(madeup, "add_up", steps=100_000)
    wait_for(lambda: database("madeup")["rows"].count_documents({"job": job["id"]}) > 2)
    madeup.call("cancel_job", ANN, job=job["id"])
    assert ended(job)["state"] == "cancelled"
    assert database("madeup")["rows"].count_documents({"job": job["id"]}) == 0


def test_job_that_must_not_be_cancelled_is_not(madeup, ended):
    walk = start(madeup, "walk", length=100_000)
    job = start(madeup, "sign")
    with refused("suite.job_not_cancellable"):
        madeup.call("cancel_job", ANN, job=job["id"])
    madeup.call("cancel_job", ANN, job=walk["id"])
    ended(walk), ended(job)


def test_failing_step_is_tried_again_and_then_fails_the_job(madeup, ended, database):
    def notes(job):
        return database("madeup")["notes"].count_documents({"job": job["id"]})

    twice, always, refusal = (
        start(madeup, "stumble", **arguments) for arguments in ({"times": 2}, {"times": 9}, {"refuse": True})
    )
    assert (ended(twice)["state"], notes(twice)) == ("succeeded", 3)
    failed = ended(always)
    assert (failed["state"], failed["error"]["code"], notes(always)) == ("failed", "suite.internal_error", 3)
    failed = ended(refusal)
    assert failed["error"] == {"code": "madeup.name_taken", "params": {"name": "x"}}
    assert notes(refusal) == 1, "a refusal is not tried again"


def test_job_between_two_attempts_lets_others_run_and_can_be_cancelled(madeup, ended):
    failing = start(madeup, "ponder", steps=1, fail=True)
    wait_for(lambda: madeup.call("read_job", ANN, job=failing["id"])["state"] == "running")
    assert ended(start(madeup, "sign"), seconds=15)["state"] == "succeeded"
    assert madeup.call("read_job", ANN, job=failing["id"])["state"] == "running"
    assert madeup.call("cancel_job", ANN, job=failing["id"])["state"] == "cancelled"


def test_postponed_job_is_resumed(madeup, ended, database):
    job = start(madeup, "add_up", steps=1)
    ended(job)
    waiting = {"state": "running", "runner": None, "due_at": clock.now(), "expires_at": None}
    database("madeup")["jobs"].update_one({"_id": job["id"]}, {"$set": waiting})
    wait_for(lambda: database("madeup")["jobs"].find_one({"_id": job["id"]})["dispatch"] == 2)
    assert ended(job)["state"] == "succeeded"


def test_a_job_and_the_effect_of_its_end_are_one(madeup, ended, database):
    job = start(madeup, "conclude")
    assert ended(job)["state"] == "failed"
    assert database("madeup")["rows"].count_documents({"job": job["id"]}) == 0


def test_job_whose_clean_up_fails_ends(madeup, ended):
    failed = ended(start(madeup, "spoil"))
    assert (failed["state"], failed["error"]["code"]) == ("failed", "suite.job_crashed")


def test_lost_message_is_made_anew(madeup, ended, database):
    job = start(madeup, "add_up", steps=1)
    ended(job)
    long_ago = clock.parse("2020-01-01T00:00:00Z")
    lost = {"state": "running", "dispatch": 7, "runner": None, "updated_at": long_ago, "expires_at": None}
    database("madeup")["jobs"].update_one({"_id": job["id"]}, {"$set": lost})
    assert wait_for(lambda: (seen := ended(job))["updated_at"] > "2021" and seen)["state"] == "succeeded"


def test_jobs_end_with_the_roles_that_they_were_begun_with(madeup, ended, database, amqp_client):
    """What runs and what waits, with all that its steps did; what must not be cancelled, and others' jobs, go on."""
    chair, others = actor("officer", "juror"), [actor("officer", "juror"), BOB]
    running = start(madeup, "add_up", chair, steps=100_000)
    wait_for(lambda: database("madeup")["rows"].count_documents({"job": running["id"]}) > 2)
    waiting, signed = start(madeup, "walk", chair, length=100_000), start(madeup, "sign", chair)
    kept = [start(madeup, "walk", who, length=1) for who in others]
    publish(amqp_client, "outside", "power_changed", {"account": others[0].id, "roles": ["juror", "officer", "member"]})
    publish(amqp_client, "outside", "power_changed", {"account": chair.id, "roles": ["member", "officer"]})
    assert [ended(job, chair)["state"] for job in (running, waiting, signed)] == ["cancelled", "cancelled", "succeeded"]
    assert database("madeup")["rows"].count_documents({"job": running["id"]}) == 0
    assert [ended(job, who)["state"] for job, who in zip(kept, others, strict=True)] == ["succeeded", "succeeded"]


def test_step_of_a_job_that_another_worker_took_meanwhile_stores_nothing(database):
    """It is no failure either: the other one carries the job on."""
    db = database("unserved")  # no process carries its jobs
    declare(db, ())
    jobs = Jobs(db, "unserved", kept_days=1)
    with context.use(context.current()):
        job = jobs.enqueue("add_up", {"steps": 1})

    def step(run):
        assert jobs.claim(job["_id"], job["dispatch"], "another")
        return run.finish({"total": 1})

    work = Work(step, transaction=False)
    Runner(jobs, work, stopping=lambda: False, instrumented=lambda run: run()).carry(job["_id"], job["dispatch"])
    found = jobs.get(job["_id"])
    assert (found["state"], found["runner"], found["attempts"], found["result"]) == ("running", "another", 0, None)
