"""The votes of a sealed count in the public log: which are void, the openings of the others, and the signed result."""

from __future__ import annotations

import hashlib
import logging
import random
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO

from wsis_shared import clock
from wsis_shared.finalists import first_by_votes

from wsis_voting.ballots.rules.counts import Counts
from wsis_voting.certification.store import StoredVotes, VoteOwnership
from wsis_voting.contests.rules.contest import Contest
from wsis_voting.keys.rules import CERTIFICATION, RESULT, Signer, canonical
from wsis_voting.public_log.rules.documents import CategoryResult, Certification, Head, Result
from wsis_voting.public_log.rules.leaves import RESULT as RESULT_LEAF
from wsis_voting.public_log.rules.leaves import Leaf, opening, openings_file, void_reason, voids
from wsis_voting.public_log.use_cases.publishing import Publishing, published

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


class Settling:
    """Opens or voids every vote of a contest. Who publishes the log does it."""

    def __init__(self, publishing: Publishing, votes: StoredVotes) -> None:
        self.publishing, self.votes = publishing, votes

    def settle(self, contest: Contest) -> Settlement | None:
        """Void or open every vote of a contest whose count is sealed; openings in an order drawn by lot. None where
        another process writes the log: try again. May run again."""
        edition, wanted = contest.edition, dict[bytes, str]()
        if not self.publishing.log.lease.hold() or not self.publishing.follows_its_files(edition):
            return None
        self.publishing.publish(edition)
        size, standing = self.publishing.log.state(edition)["size"], self.publishing.log.voids(edition)
        self.publishing.results.drop_openings(edition)
        counted: Counter[str] = Counter()
        with _Spool() as spool, VoteOwnership.of(self.publishing.holding(self.votes.ballots(edition))) as owners:
            for row in self.publishing.holding(self.votes.stored(edition, "category", "project", "k", "r")):
                kind = owners.kind(row["_id"])
                if kind is None:
                    continue  # in nobody's ballot: the recount says so, and it is no vote
                reason = void_reason(contest, row["project"], complete=kind.complete, excluded=bool(kind.ground))
                if reason:
                    wanted[row["k"]] = reason
                else:
                    counted[row["project"]] += 1
                    spool.put(row["category"], opening(row["category"], row["project"], row["r"]))
            files = {
                openings_file(category): self.publishing.results.put_openings(edition, lines)
                for category, lines in self.publishing.holding(spool.shuffled(sorted({*contest.nominees.values()})))
            }
        if any(wanted.get(c) != reason for c, reason in standing.items()):
            _log.error(
                "voids of a version that could lift them do not hold: certify with that version",
                extra={"edition": edition},
            )
            return None
        leaves = [leaf for leaf in voids(wanted) if leaf.commitment not in standing]
        return Settlement(size, self.publishing.log.votes(edition), counted, Counter(wanted.values()), leaves, files)

    def certify(
        self, contest: Contest, counts: Counts, settled: Settlement, number: int, certified_at: datetime
    ) -> bool:
        """Write the voids into the log, keep the result, under embargo, and commit to it in the log, in the open
        transaction. False where the log has grown since it was settled. Raises Fenced where another process writes it:
        nothing of this may be stored then."""
        edition, signer = contest.edition, self.publishing.keys.signer(contest.edition)
        head = self._last_head(edition, settled, signer)
        if head is None:
            return False
        result = signed_result(signer, contest, counts, settled, head, number, certified_at)
        certification = signed_certification(signer, result)
        leaf = Leaf(RESULT_LEAF, bytes.fromhex(certification["result"]))
        self.publishing.log.append(edition, [leaf], head["size"], signer, published)
        self.publishing.results.put(edition, result, certification)
        return True

    def _last_head(self, edition: str, settled: Settlement, signer: Signer) -> Head | None:
        """The head of all votes and voids; None where the log is not as it was settled."""
        head = self.publishing.log.head(edition)
        if head is not None and head["size"] == settled.size and not settled.leaves:
            return head
        return self.publishing.log.append(edition, settled.leaves, settled.size, signer, published)


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


def signed_certification(signer: Signer, result: Result) -> Certification:
    """certification.json: what is published of a result at once. Its hash hides it, since it names the hashes of the
    openings, which nobody can guess."""
    certification: Certification = {
        "v": result["v"],
        "edition": result["edition"],
        "number": result["number"],
        "certified_at": result["certified_at"],
        "head": result["head"],
        "result": hashlib.sha256(canonical(result)).hexdigest(),
    }
    return signer.sign(CERTIFICATION, certification)


def signed_result(
    signer: Signer,
    contest: Contest,
    counts: Counts,
    settled: Settlement,
    head: Head,
    number: int,
    certified_at: datetime,
) -> Result:
    """What was counted, by which rules, and who is a finalist by them; `head` is that of all votes and voids."""
    out, categories = contest.disqualified, list[CategoryResult]()
    for category in sorted({*contest.nominees.values()}):
        projects = sorted(project for project, its in contest.nominees.items() if its == category)
        votes = {project: settled.counted[project] for project in projects}
        chosen, tied = first_by_votes(votes, contest.places, contest.tie_rule)
        categories.append(
            {
                "category": category,
                "counted": sum(votes.values()),
                "finalists": chosen,
                "tied": tied,
                "projects": [{"counted": n, "disqualified": id in out, "project": id} for id, n in votes.items()],
            }
        )
    result: Result = {
        "v": 1,
        "edition": contest.edition,
        "number": number,
        "certified_at": clock.iso(certified_at),
        "head": {"number": head["number"], "size": head["size"], "root": head["root"]},
        "rules": {
            "every_category": contest.every_category,
            "finalists_per_category": contest.places,
            "tie_rule": contest.tie_rule,
        },
        "ballots": {"started": counts.ballots_started, "complete": counts.ballots_complete},
        "votes": {"cast": settled.votes, "counted": settled.counted.total(), "void": dict(settled.voids)},
        "categories": categories,
        "files": settled.files,
    }
    return signer.sign(RESULT, result)
