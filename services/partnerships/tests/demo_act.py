"""An act of the demonstration: sponsors pledge, and an officer confirms partners. The sums are made up."""

from __future__ import annotations

from typing import Any

from wsis_demo.client import Person, Problem
from wsis_demo.play import Play

# Organization number, package, activity, CHF or None for what is given in kind, last state.
PLEDGES = (
    (0, "platinum", None, 383_000, "received"),
    (1, "platinum", None, 300_000, "pledged"),  # confirmed too late: Platinum is exclusive
    (2, "gold", None, 120_000, "received"),
    (3, "gold", None, 100_000, "confirmed"),
    (4, "specific_activities", "hackathon", None, "confirmed"),
    (5, "contributing", None, 200, "withdrawn"),
)
STEPS: dict[str, tuple[str, ...]] = {
    "pledged": (),
    "confirmed": ("confirmed",),
    "received": ("confirmed", "received"),
    "withdrawn": ("withdrawn",),
}
REASON = "Agreed with the sponsor"


def fund_the_forum(play: Play) -> str:
    """Packages are opened, six pledges made, four partners confirmed, a second Platinum refused."""
    fund = f"/v1/partnerships/{play.edition}"
    play.officer.post(f"{fund}/packages", {"reason": "The next Forum"})
    sponsors = list(play.submitters.items())
    pledges = [
        (state, sponsor.post(f"{fund}/pledges", _body(entity.name, package, activity, francs))["id"])
        for number, package, activity, francs, state in PLEDGES
        for entity, sponsor in [sponsors[number]]
    ]
    for state, pledge in pledges:
        for step in STEPS[state]:
            play.officer.put(f"{fund}/pledges/{pledge}/state", {"state": step, "reason": REASON})
    refused = _refusal(play.officer, f"{fund}/pledges/{pledges[1][1]}/state")
    steps = sum(len(STEPS[state]) for state, _ in pledges)
    play.count(mails={"partnerships/pledge_made": len(pledges), "partnerships/pledge_changed": steps})
    report = play.officer.get(f"{fund}/report")
    play.misfits += _misfits(report)
    if refused != "partnerships.package_taken":
        play.misfits.append(f"a second Platinum was not refused: {refused}")
    partners = play.officer.get(f"{fund}/partners")["items"]
    received = report["cash"]["received"]["centimes"] // 100
    shown = ", ".join(f"{row['organization']} ({row['package']})" for row in partners)
    play.lines.append(f"{'partnerships':<13} {len(partners)} partners: {shown}; CHF {received:,} received")
    return f"{len(pledges)} pledges, {len(partners)} partners, CHF {received:,} received, a second Platinum refused"


def _body(organization: str, package: str, activity: str | None, francs: int | None) -> dict[str, Any]:
    contribution: dict[str, Any] = {"form": "cash", "centimes": francs and francs * 100}
    if francs is None:
        contribution = {"form": "in_kind", "description": "Rooms and two mentors", "centimes": 2_000_000}
    return {"organization": organization, "package": package, "activity": activity, "contribution": contribution}


def _refusal(officer: Person, path: str) -> str:
    try:
        officer.put(path, {"state": "confirmed", "reason": REASON})
    except Problem as problem:
        return problem.code
    return ""


def _misfits(report: dict[str, Any]) -> list[str]:
    """States whose sums are not those of the pledges."""
    found = []
    for state in STEPS:
        francs = [row[3] for row in PLEDGES if row[4] == state and row[3] is not None]
        expected = {"pledges": len(francs), "centimes": sum(francs) * 100}
        if report["cash"][state] != expected:
            found.append(f"fund, {state}: {report['cash'][state]} reported, {expected} pledged")
    return found


ACTS = (("fund the Forum", fund_the_forum),)
