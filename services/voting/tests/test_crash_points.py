"""Recorder, writer and certifier die at each place where something is half done; then the next one goes on."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from wsis_shared import clock
from wsis_testkit import actor, crash_at, make_context, wait_for

HERE = Path(__file__).parent
QUICK = {"WSIS_VOTING_GRACE_SECONDS": "0.2", "WSIS_VOTING_RECORDER_DEAD_SECONDS": "2", "WSIS_VOTING_LOG_SECONDS": "0"}
VOTERS = 6

RECORDING = (
    "wsis_voting.ballots.store.ballots:Ballots.save_changes:after",  # votes are written, their counters are not
    "wsis_voting.ballots.store.recorders:Recorders._done:before",  # committed, and neither answered nor acknowledged
)
WRITING = (
    "wsis_voting.public_log.store.log:Log._keep_leaves:after",  # leaves without a head
    "wsis_voting.public_log.use_cases.publishing:Publishing.write_files:before",  # a head without files
    "wsis_voting.public_log.store.files:Files.put_head:before",  # tiles without their head
)
CERTIFYING = (
    "wsis_voting.certification.use_cases.lifecycle:ContestLifecycle.recount:before",  # sealed
    "wsis_voting.public_log.store.results:Results.put_openings:after",  # one category of openings
    "wsis_voting.certification.use_cases.settling:Settling.settle:after",  # all is opened, nothing is frozen
    "wsis_voting.contests.use_cases:ContestDirectory.fix_window:before",  # counted, and prizes is not asked
    "wsis_voting.contests.use_cases:ContestDirectory.fix_window:after",  # prizes has fixed the window
    "wsis_voting.public_log.store.results:Results.put:after",  # a result without its tally
    "wsis_voting.certification.use_cases.lifecycle:ContestLifecycle.certify:after",  # certified, and nobody was told
    "wsis_voting.public_log.store.files:Files.put_certification:before",  # its leaf is in the log
)
ANNOUNCING = (
    "wsis_voting.public_log.store.results:Results.publish:after",  # published, and nobody was told
    "wsis_voting.public_log.store.files:Files.put_result:before",  # openings without the result that names them
)


def test_what_died_half_way_is_finished_once(
    serve: Any,
    prizes: Any,
    amqp_client: Any,
    database: Any,
    published: Any,
    open_contest: Any,
    tmp_path: Path,
    read_counts: Any,
) -> None:
    told, where = published("voting"), {**QUICK, "WSIS_LOG_DIR": str(tmp_path)}

    def start(place: str) -> Any:
        return serve("voting", wait=False, **where, **crash_at(place))

    def dies(service: Any, place: str) -> None:
        assert service.process.wait(60) == 137, place

    first = serve("voting", **where)  # makes the queues
    contest = open_contest()
    first.stop()
    voters = [actor() for _ in range(VOTERS)]

    def cast(number: int, category: str) -> Any:
        body = {"category": category, "project": contest.project(category, 1 + number % 2)}
        payload, context = {"args": {"edition": contest.edition}, "body": body}, make_context(voters[number])
        return amqp_client.command("voting", "cast", payload, context, message_id=uuid.uuid4().hex, wait=120)

    with ThreadPoolExecutor(VOTERS * 3) as pool:
        sent = [pool.submit(cast, number, category) for number in range(VOTERS) for category in contest.categories]
        for place in (*RECORDING, *WRITING):
            dies(start(place), place)
        certifier = start(CERTIFYING[0])
        assert all(settled for settled, _ in (job.result() for job in sent))
    prizes.move(contest, clock.now())
    dies(certifier, CERTIFYING[0])
    for place in CERTIFYING[1:]:
        dies(start(place), place)
    prizes.announce(contest)
    for place in ANNOUNCING:
        dies(start(place), place)

    last = serve("voting", **where)
    result = wait_for(
        lambda: (
            (tmp_path / contest.edition / "result.json").exists()
            and json.loads((tmp_path / contest.edition / "result.json").read_bytes())
        )
    )
    assert (result["number"], result["votes"]) == (1, {"cast": 18, "counted": 18, "void": {}})
    tally = read_counts(last, contest)
    assert [tally["counted"][contest.project(category, 1)] for category in contest.categories] == [3, 3, 3]
    assert database("voting")["votes"].count_documents({}) == 18
    assert len(told.wait("tally_certified")) == 1
    verify = [sys.executable, str(HERE.parent / "verify/verify.py"), str(tmp_path / contest.edition)]
    done = subprocess.run(verify, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
