"""What the public log says and when: votes as they come, voids and openings at certification; and its static files."""

from __future__ import annotations

import hashlib
import logging
import random
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import IO, Any, TypeVar

from wsis_shared import clock
from wsis_shared.bus import in_native_thread
from wsis_shared.errors import Conflict
from wsis_shared.events import PendingEvent, new_event

from wsis_voting import events
from wsis_voting.domain import Contest, Counts
from wsis_voting.domain.leaves import RESULT as RESULT_LEAF
from wsis_voting.domain.leaves import Leaf, finalists, opening, openings_file, void_reason, voids
from wsis_voting.domain.receipts import CERTIFICATION, RESULT, Signer, canonical
from wsis_voting.settings import Settings
from wsis_voting.store import Ballots, Claims, Fenced, Log, Results
from wsis_voting.store.files import Files
from wsis_voting.store.log import PART

T = TypeVar("T")
_chance = random.SystemRandom()
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Settlement:
    """Every vote of an edition opened or void, for a log of `size` leaves that holds so many `votes`. `leaves` are the
    voids that it lacks: they are told with the result, not before. `files`: name -> SHA-256."""

    size: int
    votes: int
    counted: Counter[str] = field(default_factory=Counter)
    voids: Counter[str] = field(default_factory=Counter)
    leaves: list[Leaf] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)


class Publishing:
    """The one writer of the log, as long as its lease is ours."""

    def __init__(self, log: Log, results: Results, ballots: Ballots) -> None:
        self.log, self.results, self.ballots = log, results, ballots
        self.settings = Settings.current()

    def run(self, *, votes: bool) -> None:
        """What is due now: votes into the log, where some may wait, and what is new into the files."""
        if not self.log.lease.hold():
            return
        every = timedelta(seconds=self.settings.voting_log_seconds)
        for edition in self.log.waiting() if votes else ():
            at = self.log.state(edition).get("at")
            if (at is None or at + every <= clock.now()) and self._follows_its_files(edition):
                self.publish(edition)
        for state in self.log.editions():
            try:
                self.write_files(state["_id"])
            except OSError as error:  # a full disk must not keep voting from opening and closing
                _log.error("the log's files are not written", extra={"edition": state["_id"], "error": str(error)})

    def publish(self, edition: str) -> None:
        """All that waits goes into the log, and voters are told; less, where another process has taken over."""
        try:
            signer = self.ballots.keys.signer(edition)
            while self.log.lease.hold() and self.log.take(edition, signer, published, completed):
                pass
        except (Fenced, Conflict):
            _log.warning("another process writes the log", extra={"edition": edition})

    # -- certification -------------------------------------------------------------------------------------------------

    def settle(self, contest: Contest) -> Settlement | None:
        """Void or open every vote of a contest whose count is sealed; openings in an order drawn by lot. None where
        another process writes the log: try again. May run again."""
        edition, wanted = contest.edition, dict[bytes, str]()
        if not self.log.lease.hold() or not self._follows_its_files(edition):
            return None
        self.publish(edition)
        size, standing = self.log.state(edition)["size"], self.log.voids(edition)
        self.results.drop_openings(edition)
        counted: Counter[str] = Counter()
        with _Spool() as spool, Claims.of(self.holding(self.ballots.claims(edition))) as claims:
            for row in self.holding(self.ballots.stored(edition, "category", "project", "k", "r")):
                kind = claims.kind(row["_id"])
                if kind is None:
                    continue  # in nobody's ballot: the recount says so, and it is no vote
                reason = void_reason(contest, row["project"], complete=kind.complete, excluded=bool(kind.ground))
                if reason:
                    wanted[row["k"]] = reason
                else:
                    counted[row["project"]] += 1
                    spool.put(row["category"], opening(row["category"], row["project"], row["r"]))
            files = {
                openings_file(category): self.results.put_openings(edition, lines)
                for category, lines in self.holding(spool.shuffled(sorted({*contest.nominees.values()})))
            }
        if any(wanted.get(c) != reason for c, reason in standing.items()):
            _log.error("voids of a version that could lift them do not hold: certify with that version",
                       extra={"edition": edition})  # fmt: skip
            return None
        leaves = [leaf for leaf in voids(wanted) if leaf.commitment not in standing]
        return Settlement(size, self.log.votes(edition), counted, Counter(wanted.values()), leaves, files)

    def certify(
        self, contest: Contest, counts: Counts, settled: Settlement, number: int, certified_at: datetime
    ) -> bool:
        """Write the voids into the log, keep the result, under embargo, and commit to it in the log, in the open
        transaction. False where the log has grown since it was settled. Raises Fenced where another process writes it:
        nothing of this may be stored then."""
        edition, signer = contest.edition, self.ballots.keys.signer(contest.edition)
        head = self._last_head(edition, settled, signer)
        if head is None:
            return False
        result = signed_result(signer, contest, counts, settled, head, number, certified_at)
        certification = signed_certification(signer, result)
        leaf = Leaf(RESULT_LEAF, bytes.fromhex(certification["result"]))
        self.log.append(edition, [leaf], head["size"], signer, published)
        self.results.put(edition, result, certification)
        return True

    def _last_head(self, edition: str, settled: Settlement, signer: Signer) -> dict[str, Any] | None:
        """The head of all votes and voids; None where the log is not as it was settled."""
        head = self.log.head(edition)
        if head is not None and head["size"] == settled.size and not settled.leaves:
            return head
        return self.log.append(edition, settled.leaves, settled.size, signer, published)

    def announce(self, edition: str) -> None:
        """The champions are announced: the result is for everybody."""
        self.results.publish(edition, announced)

    def holding(self, rows: Iterable[T]) -> Iterator[T]:
        """The same rows; the lease is renewed on the way, for what takes minutes. Raises Fenced where it is lost: what
        is written from these rows is another process's by now."""
        for row in rows:
            if not self.log.lease.hold():
                raise Fenced
            yield row

    # -- files ---------------------------------------------------------------------------------------------------------

    def write_files(self, edition: str, folder: str = "", *, alone: bool = True) -> int:
        """Bring the static files up to the log; returns how many heads were written. `alone`: as long as the lease is
        ours."""
        root = folder or self.settings.log_dir
        if not root:
            return 0
        files = Files(root, edition, in_native_thread)
        written, state, count = files.head(), self.log.state(edition), 0
        if written["number"] < state["number"]:
            files.put_keys(self.keys(edition))
            tree, size = self.log.tree(edition, state["size"]), state["size"]
            for part in range(written["size"] // PART, -(-size // PART)):
                files.put_leaves(part, self.log.leaves(edition, part * PART, min(size, (part + 1) * PART)))
            for number in range(written["number"] + 1, state["number"] + 1):
                head = self.log.head(edition, number)
                if head is None or (alone and not self.log.lease.hold()):
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

    def keys(self, edition: str) -> dict[str, Any]:
        """keys.json: the public half of the signing key."""
        signer = self.ballots.keys.signer(edition)
        key = {"key_id": signer.key_id, "algorithm": "Ed25519", "public_key": signer.public.hex()}
        return {"edition": edition, "keys": [key]}

    def _follows_its_files(self, edition: str) -> bool:
        """False where the files are ahead of the store: it was restored from a backup, and a head signed now would
        contradict one that the world has seen."""
        if not self.settings.log_dir:
            return True
        ahead = Files(self.settings.log_dir, edition).head()["number"] > self.log.state(edition)["number"]
        if ahead:
            _log.error("the published log is ahead of the store: nothing is added to it", extra={"edition": edition})
        return not ahead


class _Spool:
    """Lines by category, kept on the disk while there are millions of them."""

    def __init__(self) -> None:
        self._files: dict[str, IO[bytes]] = {}

    def __enter__(self) -> _Spool:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files.values():
            file.close()

    def put(self, category: str, line: bytes) -> None:
        """Add a line."""
        if category not in self._files:
            self._files[category] = tempfile.TemporaryFile()  # noqa: SIM115 -- closed together with the others
        self._files[category].write(line + b"\n")

    def shuffled(self, categories: Iterable[str]) -> Iterator[tuple[str, list[bytes]]]:
        """(category, its lines in an order drawn by lot)."""
        for category in categories:
            lines: list[bytes] = []
            if file := self._files.get(category):
                file.seek(0)
                lines = file.read().splitlines()
                _chance.shuffle(lines)
            yield category, lines


def published(head: dict[str, Any]) -> PendingEvent:
    """The event of a new head: agencies keep them, so that no second history can be shown."""
    return new_event(events.LOG_HEAD_PUBLISHED, head["edition"], **head)


def completed(edition: str, account: str) -> PendingEvent:
    """The event of a ballot that is complete."""
    return new_event(events.BALLOT_COMPLETED, f"{edition}|{account}", edition=edition, account=account)


def announced(result: dict[str, Any]) -> PendingEvent:
    """The event of a result that everybody may read."""
    edition, number = result["edition"], result["number"]
    return new_event(events.RESULT_PUBLISHED, edition, edition=edition, number=number)


def signed_certification(signer: Signer, result: dict[str, Any]) -> dict[str, Any]:
    """certification.json: what is published of a result at once. Its hash hides it, since it names the hashes of the
    openings, which nobody can guess."""
    fields = {name: result[name] for name in ("v", "edition", "number", "certified_at", "head")}
    return signer.sign(CERTIFICATION, {**fields, "result": hashlib.sha256(canonical(result)).hexdigest()})


def signed_result(
    signer: Signer, contest: Contest, counts: Counts, settled: Settlement, head: dict[str, Any], number: int,
    certified_at: datetime,
) -> dict[str, Any]:  # fmt: skip
    """What was counted, by which rules, and who is a finalist by them; `head` is that of all votes and voids."""
    out, categories = contest.disqualified, []
    for category in sorted({*contest.nominees.values()}):
        projects = sorted(project for project, its in contest.nominees.items() if its == category)
        votes = {project: settled.counted[project] for project in projects}
        chosen, tied = finalists(votes, contest.places, contest.tie_rule)
        categories.append({
            "category": category, "counted": sum(votes.values()), "finalists": chosen, "tied": tied,
            "projects": [{"counted": n, "disqualified": id in out, "project": id} for id, n in votes.items()],
        })  # fmt: skip
    return signer.sign(RESULT, {
        "v": 1, "edition": contest.edition, "number": number, "certified_at": clock.iso(certified_at),
        "head": {name: head[name] for name in ("number", "size", "root")},
        "rules": {"every_category": contest.every_category, "finalists_per_category": contest.places,
                  "tie_rule": contest.tie_rule},
        "ballots": {"started": counts.ballots_started, "complete": counts.ballots_complete},
        "votes": {"cast": settled.votes, "counted": settled.counted.total(), "void": dict(settled.voids)},
        "categories": categories, "files": settled.files,
    })  # fmt: skip
