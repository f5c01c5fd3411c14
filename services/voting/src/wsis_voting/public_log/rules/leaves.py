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
EXPERT_GROUP_DECIDES = "expert_group_decides"  # the name of the tie rule in prizes


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
    return DISQUALIFIED_PROJECT if project in contest.disqualified else ""


def voids(wanted: Mapping[bytes, str]) -> list[Leaf]:
    """The leaves of the votes that do not count (commitment -> reason), sorted, so that their order tells nothing."""
    return sorted(Leaf(VOID, c, reason) for c, reason in wanted.items())


def finalists(counted: Mapping[str, int], places: int, tie_rule: str) -> tuple[list[str], list[str]]:
    """(finalists, projects whose tie is open) of a category by counted votes, as prizes has the rule: the best
    `places`; all who share the last place, or, by `expert_group_decides`, none of them; nobody without a vote."""
    voted = sorted((-votes, project) for project, votes in counted.items() if votes > 0)
    if len(voted) <= places:
        return [project for _, project in voted], []
    last = voted[places - 1][0]
    chosen = [project for votes, project in voted if votes <= last]
    if tie_rule != EXPERT_GROUP_DECIDES or len(chosen) == places:
        return chosen, []
    return [p for v, p in voted if v < last], [p for v, p in voted if v == last]
