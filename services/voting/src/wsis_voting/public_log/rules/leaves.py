"""What is in the public log and its companions, byte for byte.

- leaf, a vote was cast: {"c":"<commitment>","t":"vote"}
- leaf, it does not count: {"c":"<commitment>","reason":"<code>","t":"void"}
- leaf, it counts again: {"c":"<commitment>","t":"restored"}; only in logs of versions that reopened a certified contest
- leaf, the tally is certified: {"c":"<SHA-256 of result.json>","t":"result"}
- opening, a vote that counts, without a name: {"category":"C1","project":"<id>","r":"<64 hex>"}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from wsis_voting.contests.rules.contest import Contest

VOTE, VOID, RESTORED, RESULT = "vote", "void", "restored", "result"
EXCLUDED_ACCOUNT, INCOMPLETE_BALLOT = "excluded_account", "incomplete_ballot"
DISQUALIFIED_PROJECT = "disqualified_project"
REASONS = (EXCLUDED_ACCOUNT, INCOMPLETE_BALLOT, DISQUALIFIED_PROJECT)


class Leaf(NamedTuple):
    """A leaf; `reason` of voids alone."""

    kind: str
    commitment: bytes
    reason: str = ""

    def data(self) -> bytes:
        """Its bytes, canonical JSON."""
        c = self.commitment.hex()
        if self.kind == VOID:
            return f'{{"c":"{c}","reason":"{self.reason}","t":"void"}}'.encode()
        return f'{{"c":"{c}","t":"{self.kind}"}}'.encode()


def opening(category: str, project: str, r: bytes) -> bytes:
    """A line of openings/<category>.jsonl, without the line feed."""
    return f'{{"category":"{category}","project":"{project}","r":"{r.hex()}"}}'.encode()


def openings_file(category: str) -> str:
    """Where the openings of a category are, beside the log."""
    return f"openings/{category}.jsonl"


def void_reason(contest: Contest, project: str, *, complete: bool, excluded: bool) -> str:
    """Why a vote does not count; "" where it counts. The first reason that holds, in the order of REASONS."""
    if excluded:
        return EXCLUDED_ACCOUNT
    if contest.every_category and not complete:
        return INCOMPLETE_BALLOT
    return "" if contest.counts(project) else DISQUALIFIED_PROJECT


def voids(wanted: Mapping[bytes, str]) -> list[Leaf]:
    """The leaves of the votes that do not count (commitment -> reason), sorted, so that their order tells nothing."""
    return sorted(Leaf(VOID, c, reason) for c, reason in wanted.items())
