"""Publish a made-up contest, to try the verifiers on: python example.py FOLDER [VOTES] [HEADS]

Written with the modules that the service itself publishes with, without a store. Prints the folder of the edition.
"""

from __future__ import annotations

import hashlib
import random
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from wsis_shared import clock

from wsis_voting.ballots.rules.counts import Counts
from wsis_voting.certification.use_cases.settling import Settlement, signed_certification, signed_result
from wsis_voting.contests.rules.contest import contest_of
from wsis_voting.keys.rules import HEAD, Signer, canonical, commitment
from wsis_voting.public_log.rules.leaves import RESTORED, RESULT, VOTE, Leaf, opening, voids
from wsis_voting.public_log.rules.merkle import Tree, extend, leaf_hash
from wsis_voting.public_log.store.files import Files
from wsis_voting.public_log.store.log import PART

EDITION = "2017"
CATEGORIES = ("C1", "C2", "C3", "C7.e-health")


def publish(
    folder: str,
    votes: int = 400,
    heads: int = 12,
    seed: int = 1,
    *,
    reopened: bool = False,
    even: bool = False,
    places: int = 5,
    tie_rule: str = "all_tied",
) -> Path:
    """An edition in which every twentieth vote is void; returns its folder. `reopened`: as former versions wrote it,
    which opened the voting again after a certification. `even`: the votes are spread so that there are ties."""
    chance = random.Random(seed)  # noqa: S311 -- the same example each time
    files = Files(folder, EDITION)
    signer = Signer(Ed25519PrivateKey.from_private_bytes(chance.randbytes(32)))
    key = {"key_id": signer.key_id, "algorithm": "Ed25519", "public_key": signer.public.hex()}
    files.put_keys({"edition": EDITION, "keys": [key]})
    nominees = [{"project": f"{c.lower()}.p{n:02d}", "category": c} for c in CATEGORIES for n in range(9)]
    contest = contest_of(EDITION, {"places": places, "tie_rule": tie_rule}, nominees, ["c1.p00"])

    log = _Log(files, signer)
    counted, wanted, opened = Counter[str](), dict[bytes, str](), {category: list[bytes]() for category in CATEGORIES}
    each = -(-votes // max(1, heads - 1))
    for start in range(0, votes, each):
        leaves = []
        for number in range(start, min(votes, start + each)):
            category = CATEGORIES[number % len(CATEGORIES)]
            drawn = number // len(CATEGORIES) % 9 if even else min(8, int(chance.expovariate(0.4)))
            project, r = f"{category.lower()}.p{drawn:02d}", chance.randbytes(32)
            c = commitment(EDITION, category, project, r)
            leaves.append(Leaf(VOTE, c))
            if project == "c1.p00":
                wanted[c] = "disqualified_project"
            elif number % 20 == 0:
                wanted[c] = ("incomplete_ballot", "excluded_account")[number % 40 == 0]
            else:
                counted[project] += 1
                opened[category].append(opening(category, project, r))
        log.append(sorted(leaves))
    if reopened:
        lifted = [leaf.commitment for leaf in voids(wanted) if leaf.reason == "incomplete_ballot"]
        log.append(voids(dict.fromkeys(lifted, "incomplete_ballot")))
        log.append([Leaf(RESULT, chance.randbytes(32))])
        log.append([Leaf(RESTORED, c) for c in lifted])
    size, leaves = len(log.leaves), voids(wanted)
    head = log.append(leaves)
    digests = {}
    for category, lines in opened.items():
        chance.shuffle(lines)
        data = b"".join(line + b"\n" for line in lines)
        digests[f"openings/{category}.jsonl"] = hashlib.sha256(data).hexdigest()
        files.put_openings(category, [data])
    settled = Settlement(size, votes, counted, Counter(wanted.values()), leaves, digests)
    result = signed_result(signer, contest, Counts(ballots_started=votes), settled, head, 1 + reopened, clock.now())
    certification = signed_certification(signer, result)
    log.append([Leaf(RESULT, bytes.fromhex(certification["result"]))])
    files.put_certification(certification)
    files.put_result(result)
    return files.folder


class _Log:
    def __init__(self, files: Files, signer: Signer) -> None:
        self.files, self.signer, self.leaves, self.tiles = files, signer, list[Leaf](), dict[tuple[int, int], bytes]()
        self.number, self.prev = 0, "0" * 64

    def append(self, leaves: list[Leaf]) -> dict[str, Any]:
        before, read = len(self.leaves), lambda level, index: self.tiles.get((level, index), b"")
        self.tiles.update(extend(read, before, [leaf_hash(leaf.data()) for leaf in leaves]))
        self.leaves += leaves
        size = len(self.leaves)
        self.number += 1
        head = self.signer.sign(
            HEAD,
            {
                "v": 1,
                "edition": EDITION,
                "number": self.number,
                "size": size,
                "root": Tree(size, read).root().hex(),
                "time": f"2017-03-16T{self.number // 3600:02d}:{self.number // 60 % 60:02d}:{self.number % 60:02d}Z",
                "prev": self.prev,
            },
        )
        self.prev = hashlib.sha256(canonical(head)).hexdigest()
        for part in range(before // PART, -(-size // PART)):
            self.files.put_leaves(part, self.leaves[part * PART : (part + 1) * PART])
        self.files.put_tiles(before, size, read)
        self.files.put_head(head)
        return head


if __name__ == "__main__":
    arguments = [int(number) for number in sys.argv[2:]]
    sys.stdout.write(f"{publish(sys.argv[1], *arguments)}\n")
