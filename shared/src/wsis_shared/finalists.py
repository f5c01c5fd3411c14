"""The first places by counted votes: one rule for whoever counts, and for whoever rules on the result afterwards."""

from __future__ import annotations

from collections.abc import Mapping

TIE_RULES = (ALL_TIED, EXPERT_GROUP_DECIDES) = ("all_tied", "expert_group_decides")


def first_by_votes(votes: Mapping[str, int], places: int, rule: str = ALL_TIED) -> tuple[list[str], list[str]]:
    """(the first `places` by votes, projects whose tie is open). All who share the last place are in; where the Expert
    Group decides, those above that tie are, and the tie is open. Nobody is without a vote."""
    if places <= 0:
        return [], []
    voted = sorted((-count, project) for project, count in votes.items() if count > 0)
    if len(voted) <= places:
        return [project for _, project in voted], []
    last = voted[places - 1][0]
    chosen = [project for count, project in voted if count <= last]
    if rule != EXPERT_GROUP_DECIDES or len(chosen) == places:
        return chosen, []
    return [project for count, project in voted if count < last], [project for count, project in voted if count == last]
