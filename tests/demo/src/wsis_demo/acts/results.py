"""Finalists, winners under embargo, champions, ceremony."""

from __future__ import annotations

from typing import Any

from wsis_demo import phases
from wsis_demo.client import Person, Problem
from wsis_demo.play import Mismatch, Play, wait

CERTIFICATE_SECONDS = 900.0  # those of all champions are made one after the other


def fix_finalists(play: Play) -> str:
    """From the certified tally; the jurors are told."""
    fixed = finalists_fixed(play.officer, play.path)
    play.count(mails={"prizes/finalists_fixed": len(play.jurors)})
    problem = play.refused("voting.result_under_embargo", lambda: play.suite.visitor.get(f"{play.path}/log/result"))
    told = f"{fixed['finalists']} finalists in {fixed['categories']} categories"
    return f"{told}; to the public: {problem.title}"


def finalists_fixed(officer: Person, path: str) -> dict[str, Any]:
    """Fix them as soon as prizes has the result, which is some moments after the certification."""

    made = list[dict[str, Any]]()

    def fixed() -> bool:
        try:
            made.append(officer.post(f"{path}/finalists", {}))
        except Problem as problem:
            if problem.code != "prizes.tally_not_certified":
                raise
        return bool(made)

    wait(fixed, 60, "the result to reach prizes")
    return made[0]


def choose_winners(play: Play) -> str:
    """One winner in each category, none in one of them; nobody outside learns it."""
    rows = play.jurors[1].get(f"{play.path}/finalists")["items"]
    for number, row in enumerate(rows):
        none = number == len(rows) // 2
        project = None if none or not row["finalists"] else play.dice.choice(row["finalists"])["project"]
        reason = "No project meets the standard." if none else "The strongest impact of the five."
        play.jurors[1].put(f"{play.path}/categories/{row['category']}/winner", {"project": project, "reason": reason})
    problem = play.refused("prizes.winners_not_released", lambda: play.suite.visitor.get(f"{play.path}/winners"))
    looks = sum(1 for _ in play.officer.each(f"{play.path}/embargo/looks"))
    return f"{len(rows)} categories decided, one without a winner; {looks} looks logged; to the public: {problem.title}"


def announce(play: Play) -> str:
    """The champions, all finalists without ranks."""
    announced = play.tell_everyone(
        "prizes/champions_announced", lambda: play.officer.post(f"{play.path}/champions/announcement")
    )
    rows = list(play.suite.visitor.each(f"{play.path}/champions"))
    if any("winner" in row for row in rows):
        raise Mismatch("the list of champions tells the winners")
    play.count(mails={"prizes/champion": len({play.owners[row["project"]] for row in rows})})
    address = f"/v1/projects/{rows[0]['project']}/certificate"
    wait(lambda: _is_made(play, address), CERTIFICATE_SECONDS, "a certificate")
    first, second = (play.suite.visitor.get(address, language="ar") for _ in range(2))
    if first != second:
        raise Mismatch("a certificate is another file at the second read")
    return f"{announced['champions']} champions announced, everyone told; a certificate has {len(first)} bytes"


def _is_made(play: Play, address: str) -> bool:
    try:
        return bool(play.suite.visitor.get(address, language="ar"))
    except Problem as problem:
        if problem.code != "prizes.certificate_not_ready":
            raise
        return False


def ceremony(play: Play) -> str:
    """The winners are released when the phase of the ceremony has begun, not before."""
    release = {"reason": "At the ceremony"}
    play.refused("prizes.before_the_ceremony", lambda: play.officer.post(f"{play.path}/winners/release", release))
    for phase in ("winner_selection", "announcement"):
        concerned = play.concerned("submitted", "nominated")
        phases.move(play.officer, play.edition, phase, "The ceremony begins", start=phases.now())
        play.count(mails={"prizes/phase_changed": concerned})
    play.tell_everyone("prizes/winners_announced", lambda: play.officer.post(f"{play.path}/winners/release", release))
    rows = list(play.suite.visitor.each(f"{play.path}/winners"))
    play.count(mails={"prizes/winner": len({play.owners[row["project"]] for row in rows})})
    return f"{len(rows)} winners released, everyone told"
