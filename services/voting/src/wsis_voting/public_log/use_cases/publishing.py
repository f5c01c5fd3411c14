"""What the public log says and when: votes as they come, and its static files."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import TypeVar

from wsis_shared import clock
from wsis_shared.bus import in_native_thread
from wsis_shared.errors import Conflict
from wsis_shared.events import PendingEvent, new_event

from wsis_voting.ballots.events import BALLOT_COMPLETED
from wsis_voting.keys.rules import public_keys
from wsis_voting.keys.store import Keys
from wsis_voting.public_log.events import LOG_HEAD_PUBLISHED, RESULT_PUBLISHED
from wsis_voting.public_log.rules.documents import Head, Result
from wsis_voting.public_log.rules.leaves import openings_file
from wsis_voting.public_log.store.files import Files, remove_marks
from wsis_voting.public_log.store.log import PART, Fenced, Log
from wsis_voting.public_log.store.results import Results
from wsis_voting.settings import Settings

OF_BACKUP = "these files are of the backup: name the heads that people kept by --heads"

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Publishing:
    """The one writer of the log, as long as its lease is ours."""

    def __init__(self, log: Log, results: Results, keys: Keys) -> None:
        self.log, self.results, self.keys = log, results, keys
        self.settings = Settings.current()

    def run(self, *, votes: bool) -> None:
        """What is due now: votes into the log, where some may wait, and what is new into the files."""
        if not self.log.lease.hold():
            return
        every = timedelta(seconds=self.settings.voting_log_seconds)
        for edition in self.log.waiting() if votes else ():
            at = self.log.state(edition).get("at")
            if (at is None or at + every <= clock.now()) and self.follows_its_files(edition):
                self.publish(edition)
        for state in self.log.editions():
            try:
                self.write_files(state["_id"])
            except OSError as error:  # a full disk must not keep voting from opening and closing
                _log.error("the log's files are not written", extra={"edition": state["_id"], "error": str(error)})

    def publish(self, edition: str) -> None:
        """All that waits goes into the log, and voters are told; less, where another process has taken over."""
        try:
            signer = self.keys.signer(edition)
            while self.log.lease.hold() and self.log.take(edition, signer, published, completed):
                pass
        except (Fenced, Conflict):
            _log.warning("another process writes the log", extra={"edition": edition})

    def holding(self, rows: Iterable[T]) -> Iterator[T]:
        """The same rows; the lease is renewed on the way, for what takes minutes. Raises Fenced where it is lost: what
        is written from these rows is another process's by now."""
        for row in rows:
            if not self.log.lease.hold():
                raise Fenced
            yield row

    # -- files ---------------------------------------------------------------------------------------------------------

    def write_files(self, edition: str, folder: str = "", *, while_leased: bool = True) -> int:
        """Bring the static files up to the log; returns how many heads were written. `while_leased`: as long as the
        lease is ours."""
        root = folder or self.settings.log_dir
        if not root:
            return 0
        files = Files(root, edition, in_native_thread)
        written, state, count = files.head(), self.log.state(edition), 0
        if written["number"] < state["number"]:
            files.put_keys(public_keys(edition, self.keys.signer(edition)))
            tree, size = self.log.tree(edition, state["size"]), state["size"]
            for part in range(written["size"] // PART, -(-size // PART)):
                files.put_leaves(part, self.log.leaves(edition, part * PART, min(size, (part + 1) * PART)))
            for number in range(written["number"] + 1, state["number"] + 1):
                head = self.log.head(edition, number)
                if head is None or (while_leased and not self.log.lease.hold()):
                    return count
                files.put_tiles(written["size"], head["size"], tree.read)
                files.put_head(head)
                written, count = head, count + 1
        certified, result = self.results.certification(edition), self.results.published(edition)
        if certified is None or certified["head"]["number"] >= written["number"]:
            return count  # the head that holds its leaf comes first
        if certified["number"] > files.number("certification.json"):
            files.put_certification(certified)
        if result and result["number"] > files.number("result.json"):
            for row in result["categories"]:
                digest = result["files"][openings_file(row["category"])]
                files.put_openings(row["category"], self.results.openings(edition, digest))
            files.put_result(result)
        return count

    def follows_its_files(self, edition: str) -> bool:
        """False where the files are ahead of the store, or nobody knows: it was restored from a backup, and a head
        signed now would contradict one that the world has seen."""
        folder = self.settings.log_dir
        why = (self.against(edition, folder) or self.unproven(edition)) if folder else ""
        if why:
            _log.error("nothing is added to the public log", extra={"edition": edition, "error": why})
        return not why

    def against(self, edition: str, folder: str) -> str:
        """What the last head of the files in `folder` says against the store; empty: the store continues it."""
        kept = Files(folder, edition).head()
        if kept["number"] > (state := self.log.state(edition))["number"]:
            heads = [f"head {one['number']} of {one['size']} leaves" for one in (kept, state)]
            return f"the published log is ahead of the store: {heads[0]} is published, the store has {heads[1]}"
        head = self.log.head(edition, kept["number"]) if kept["number"] else None
        if head and head["root"] != kept["root"]:
            return f"the published head {kept['number']} is another than that of the store"
        return ""

    def unproven(self, edition: str, heads: str = "") -> str:
        """What is missing where the log's files, or those in `heads`, are of a backup; empty: nothing, or `heads` has a
        head that people kept."""
        folders = [Files(folder, edition) for folder in (heads, self.settings.log_dir) if folder]
        is_kept = heads and not folders[0].is_of_backup and folders[0].head()["number"]
        return OF_BACKUP if not is_kept and any(files.is_of_backup for files in folders) else ""

    def accept_files(self) -> bool:
        """The files prove what was published, also those that were restored. Returns whether there were such."""
        return bool(self.settings.log_dir) and remove_marks(self.settings.log_dir)


def published(head: Head) -> PendingEvent:
    """The event of a new head: agencies keep them, so that no second history can be shown."""
    return new_event(LOG_HEAD_PUBLISHED, head["edition"], **head)


def completed(edition: str, account: str) -> PendingEvent:
    """The event of a ballot that is complete."""
    return new_event(BALLOT_COMPLETED, f"{edition}|{account}", edition=edition, account=account)


def announced(result: Result) -> PendingEvent:
    """The event of a result that everybody may read."""
    edition, number = result["edition"], result["number"]
    return new_event(RESULT_PUBLISHED, edition, edition=edition, number=number)
