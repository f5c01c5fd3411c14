"""The store and the broker are lost amid a vote, and come back by `wsis backup` and `wsis restore`.

Two backups: one amid the votes, which the published log is ahead of by the time of the loss, and one after them, from
which the suite goes on. What the store holds is compared by its own hash of each collection (dbHash).
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyrage
from tests.faults.kit.counted import mails_twice
from tests.faults.kit.crowd import Crowd, Job
from tests.faults.kit.files import COUNT, Files
from tests.faults.kit.suite import Suite
from tests.load.figures import Figure
from wsis_local.stack import Stack
from wsis_shared.backup.writing import backups
from wsis_shared.mongo_connection import connect
from wsis_shared.settings import Suite as Settings
from wsis_shared.store_users import BACKUP

from wsis_demo.client import Problem

WSIS = str(Path(sys.executable).with_name("wsis"))
AHEAD = "the published log is ahead of the store"


class Drill:
    """One loss and what follows; `figures` are what it saw. `promised`: how many votes anybody was ever told are
    stored. `files`: those in a store that speaks S3, which is lost too."""

    def __init__(
        self,
        suite: Suite,
        folder: Path,
        promised: Callable[[], int],
        say: Callable[[str], None],
        files: Files | None = None,
    ) -> None:
        self._suite, self._stack, self._promised, self._say = suite, suite.stack, promised, say
        self._files = files
        self._folder, self._prefix = folder, Settings.load({}).mongo_prefix
        self._log = self._stack.run_dir / "public-log" / suite.contest.edition
        key = pyrage.x25519.Identity.generate()
        (folder / "key").write_text(str(key))
        self._settings = {
            "WSIS_BACKUP_RECIPIENTS": str(key.to_public()),
            "WSIS_BACKUP_IDENTITY": str(folder / "key"),
        }
        self.figures: list[Figure] = []

    def play(self, crowd: Crowd, before: list[Job], last: list[Job], after: list[Job]) -> None:
        """The first backup amid the votes `before`; `last` are cast after it, and `after` when the suite is back."""
        asyncio.run(crowd.meanwhile(before, lambda: asyncio.to_thread(self._amid_votes), whole=True))
        asyncio.run(crowd.vote(last))
        self._await_log()
        kept, files = self._head(), self._files.seen() if self._files else {}
        self._stack.stop()
        with self._alone("broker") as stack:
            content = self._content(stack)
            whole = self._backup(stack, "of all votes")
        [(_, amid)] = backups(self._folder / "amid")
        self._wipe()
        with self._alone() as stack:
            refused = self._run(stack.store.uri, "restore", str(amid))
            said = AHEAD in refused.stderr
            self._figure("a log ahead of the store is refused", refused.returncode == 1 and said, "restores", least=1)
        self._wipe()
        shutil.rmtree(self._stack.run_dir / "rabbitmq/data")
        with self._alone("broker") as stack:
            with self._timed("restore into an empty set"):
                self._done(self._run(stack.store.uri, "restore", str(whole), "--broker"))
            equal = sum(content.get(name) == digest for name, digest in self._content(stack).items())
            self._figure(f"collections equal, of {len(content)}", equal, "collections", least=len(content))
        with self._timed("start"):
            self._stack.start()
        if self._files:
            equal = sum(content == files.get(id) for id, content in self._files.seen().items())
            self._figure(f"files of S3 equal, of {len(files)}", equal, "files", least=COUNT)
        self._figure("votes missing", asyncio.run(crowd.missing([*before, *last])), "votes", most=0)
        asyncio.run(crowd.vote(after))
        self._await_log()
        self._figure("heads that the log has gained", self._head() - kept, "heads", least=1)
        self._figure("mails twice", self.mails_twice(), "mails", most=0)

    def mails_twice(self) -> int:
        """Mails that one recipient has got again."""
        return mails_twice(self._stack)

    # -- steps ---------------------------------------------------------------------------------------------------------

    def _amid_votes(self) -> None:
        self._backup(self._stack, "amid votes", "amid")

    def _backup(self, stack: Stack, what: str, folder: str = "whole") -> Path:
        with self._timed(f"backup {what}"):
            uri = self._stack.store.addresses(self._prefix)[BACKUP]
            self._done(self._run(uri, "backup", str(self._folder / folder)))
        return backups(self._folder / folder)[0][1]

    def _run(self, store: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        env = {**self._stack.environment(), **self._settings, "WSIS_MONGO_URI": store}
        env["WSIS_BACKUP_BROKER_URI"] = env.get("WSIS_AMQP_MANAGEMENT_URI", "") if self._broker_runs() else ""
        done = subprocess.run([WSIS, *arguments], env=env, capture_output=True, text=True)
        for line in (done.stdout + done.stderr).splitlines():
            self._say(f"    {line}")
        return done

    def _broker_runs(self) -> bool:
        return self._stack.broker.answers()

    def _done(self, done: subprocess.CompletedProcess[str]) -> None:
        assert done.returncode == 0, done.stdout + done.stderr

    def _wipe(self) -> None:
        for disk in (self._stack.run_dir / "store").glob("mongod*"):
            shutil.rmtree(disk)
        if self._files:
            self._files.lose()

    @contextmanager
    def _alone(self, *more: str) -> Iterator[Stack]:
        """The store, and nothing else that writes to it."""
        members = len(self._stack.environment()["WSIS_MONGO_URI"].split("@")[1].split("/")[0].split(","))
        with Stack(self._stack.run_dir, parts=("store", *more), members=members, ports=self._stack.ports) as stack:
            yield stack

    def _content(self, stack: Stack) -> dict[str, str]:
        """Collection -> hash of its documents."""
        with connect(stack.store.uri, stable=False) as client:
            return {
                f"{name}.{collection}": digest
                for name in client.list_database_names()
                if name.startswith(self._prefix)
                for collection, digest in client[name].command("dbHash")["collections"].items()
            }

    def _await_log(self) -> None:
        """All promised votes are in the log, and its files are written."""

        def logged() -> bool:
            try:
                head = self._suite.contest.visitor.get(f"{self._suite.contest.path}/log/head")
            except Problem as error:
                if error.code != "voting.log_empty":  # so soon after the first vote
                    raise
                return False
            heads = self._log / "heads" / f"{head['number']}.json"
            return int(head["size"]) >= self._promised() and heads.exists()

        self._stack.wait_until(logged, "the votes in the public log")

    def _head(self) -> int:
        return max((int(path.stem) for path in (self._log / "heads").glob("*.json")), default=0)

    @contextmanager
    def _timed(self, what: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self._figure(what, time.monotonic() - began, "s")

    def _figure(
        self, name: str, value: float, unit: str, *, least: float | None = None, most: float | None = None
    ) -> None:
        self.figures.append(Figure(f"O1 {name}", float(value), unit, at_least=least, at_most=most))
        self._say(str(self.figures[-1]))
