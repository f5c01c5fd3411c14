"""The host is lost amid a vote with the files of the public log: what was published since the backup, people have."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from wsis_shared import clock, mongo
from wsis_shared.backup.commands import backup, restore
from wsis_shared.backup.writing import backups

from wsis_voting import commands
from wsis_voting.certification.use_cases.lifecycle import ContestLifecycle
from wsis_voting.public_log.use_cases.publishing import OF_BACKUP

from ..stored_contest import announce, record, recorder_of, vote_request

EVERYTHING = ("C1-1", "C2-1", "C3-1")


@pytest.fixture(params=["amid the vote", "before it opened"])
def restored(
    request: Any, db: Any, tmp_path: Path, environment: dict[str, str], set_setting: Callable[[str, object], None]
) -> Iterator[Result]:
    """What `wsis restore` says of a backup. kept/old has the heads that are in it, kept/new those that were published,
    and log what was restored."""
    set_setting("log_dir", tmp_path / "log")
    recorder = recorder_of(db, "recorder-1")

    def publish(voter: str) -> None:
        record(recorder, vote_request(voter, *EVERYTHING))
        recorder.publishing.publish("2017")
        recorder.publishing.write_files("2017")

    def back_up() -> None:
        assert CliRunner().invoke(backup, [str(tmp_path / "to"), "--unencrypted"]).exit_code == 0

    announce(recorder)
    if request.param == "before it opened":
        back_up()
    publish("ada")
    shutil.copytree(tmp_path / "log", tmp_path / "kept/old")
    if request.param == "amid the vote":
        back_up()
    publish("bob")
    shutil.move(tmp_path / "log", tmp_path / "kept/new")
    [(_, file)] = backups(tmp_path / "to")
    prefix = f"r_{environment['WSIS_MONGO_PREFIX']}"
    set_setting("mongo_prefix", prefix)
    try:
        yield CliRunner().invoke(restore, [str(file)])
    finally:
        client = mongo.database("voting").client
        for name in client.list_database_names():
            if name.startswith(prefix):
                client.drop_database(name)


def again(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(commands.voting, ["after-restore", *map(str, arguments)])
    return done.exit_code, done.output


def restored_recorder() -> ContestLifecycle:
    db = mongo.database("voting")
    db["leases"].delete_many({})
    return recorder_of(db, "recorder-2")


def goes_on(recorder: ContestLifecycle) -> bool:
    """Does the log take a vote?"""
    db, before = recorder.ballots.db, recorder.publishing.log.state("2017")["number"]
    record(recorder, vote_request(f"voter-{clock.now()}", *EVERYTHING))
    db["logs"].update_one({"_id": "2017"}, {"$set": {"at": clock.parse("2017-01-01T00:00:00Z")}})
    recorder.publishing.run(votes=True)
    return recorder.publishing.log.state("2017")["number"] > before


def test_files_of_the_backup_prove_nothing(restored: Result, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert (restored.exit_code, f"refused: voting: 2017: {OF_BACKUP}" in restored.output) == (1, True), restored.output
    recorder = restored_recorder()
    assert not goes_on(recorder)
    assert {getattr(line, "error", None) for line in caplog.records if line.levelname == "ERROR"} == {OF_BACKUP}
    counted = "2017: the counters agree with the votes\n"
    assert again(tmp_path / "log") == again() == (1, f"{counted}Error: 2017: {OF_BACKUP}\n")
    code, said = again("--heads", tmp_path / "kept/new")
    assert (code, "2017: the published log is ahead of the store" in said) == (1, True)
    assert not goes_on(recorder)
    closed = announce(recorder, closes_at=clock.iso(clock.now()))
    assert not recorder.certify(closed, lambda _: True)
    assert recorder.tallies.last("2017") is None


@pytest.mark.parametrize("restored", ["amid the vote"], indirect=True)
def test_the_log_goes_on_from_heads_that_people_kept(restored: Result, tmp_path: Path) -> None:
    shutil.copytree(tmp_path / "kept/old", tmp_path / "empty/2016")  # of another edition
    assert again("--heads", tmp_path / "empty")[0] == 1
    code, said = again(tmp_path / "log", "--heads", tmp_path / "kept/old")
    assert (code, said) == (0, "2017: the counters agree with the votes\nthe public log goes on\n")
    recorder = restored_recorder()
    assert goes_on(recorder)
    assert recorder.certify(announce(recorder, closes_at=clock.iso(clock.now())), lambda _: True)
    assert again(tmp_path / "log")[0] == 0


def test_who_has_no_heads_says_why(restored: Result, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert again("--no-heads")[0] == 2
    code, said = again("--no-heads", "--reason", "nobody kept any")
    assert (code, said.endswith("the public log goes on\n")) == (0, True), said
    assert [line.getMessage() for line in caplog.records if line.levelname == "WARNING"] == [
        "the public log goes on without heads that people kept: nobody kept any"
    ]
    assert goes_on(restored_recorder())
