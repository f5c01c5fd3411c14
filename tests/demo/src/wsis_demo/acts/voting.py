"""Public voting: it opens, it is extended, it closes, and its tally is certified."""

from __future__ import annotations

import random
import uuid
from collections import defaultdict
from datetime import timedelta
from typing import Any

from wsis_demo import phases
from wsis_demo.acts.opening import FIRST_WAVE
from wsis_demo.client import Person
from wsis_demo.play import BALLOT_MAIL, Play, wait

# How people vote: all at once, one after another, or not to the end.
HABITS = {"whole": 0.66, "single": 0.08, "incomplete": 0.26}
STOP_BEFORE = 8  # categories: those who do not go on to the end mostly came for one project
VOTERS = 40  # at a time: the more come together, the more are stored together
THROWAWAY, FEWEST_FALSE = "mailinator.com", 4
DOUBLE_CLICK = 0.1  # of single votes


def open_voting(play: Play) -> str:
    """An officer moves the start to now: everyone is invited. Who registers later is not, but may vote."""
    concerned = play.concerned("submitted", "nominated")
    start, until = phases.now(), phases.now() + timedelta(hours=1)
    play.tell_everyone(
        "voting/voting_opened",
        lambda: phases.move(play.officer, play.edition, "public_voting", "The list is out", start=start, end=until),
    )
    play.count(mails={"prizes/phase_changed": concerned})
    wait(lambda: play.suite.visitor.get(f"{play.path}/voting")["state"] == "open", 30, "voting to open")
    late = play.size.voters - round(play.size.voters * FIRST_WAVE)
    forms = list(play.registry.people(late))
    # The last of them are no people: one script, which registers names in a row with addresses for a day.
    for number, form in enumerate(forms[-max(FEWEST_FALSE, late // 20) :]):
        form |= {"email": f"vote{number:03}.{play.edition}@{THROWAWAY}", "given_name": "Vote", "family_name": "Again"}
    play.voters += play.all(play.register, forms)
    return f"everyone is invited, {late} more voters register"


def vote(play: Play) -> str:
    """Half of the voters vote, each in a way of their own. The second time the other half."""
    nominees = _nominees(play)
    half = len(play.voters) // 2
    first = not play.accepted
    crowd = play.voters[:half] if first else play.voters[half:]
    before = dict(play.accepted)
    play.all(lambda voter: _cast(play, voter, nominees), crowd, VOTERS)
    if not first:
        _leave(play)
    stored = play.accepted["stored"] - before.get("stored", 0)
    repeated = play.accepted["repeated"] - before.get("repeated", 0)
    return f"{len(crowd)} voters, {stored} votes stored, {repeated} double clicks answered as the first"


def extend_voting(play: Play) -> str:
    """More time, with the reason; everyone is told."""
    end = phases.spans(play.officer, play.edition)["public_voting"][1] + timedelta(hours=1)
    reason = "More time for voters, as in April 2017"
    play.tell_everyone(
        "prizes/voting_extended",
        lambda: phases.move(play.officer, play.edition, "public_voting", reason, end=end),
    )
    return f"until {end:%H:%M} UTC, everyone told"


def close_voting(play: Play) -> str:
    """The end is moved to now, late votes are refused, the tally is certified and counted again."""
    concerned = play.concerned("submitted", "nominated")
    phases.move(play.officer, play.edition, "public_voting", "Voting ends", end=phases.now())
    play.count(mails={"prizes/phase_changed": concerned})
    wait(lambda: play.suite.visitor.get(f"{play.path}/voting")["state"] != "open", 30, "voting to close")
    late = play.register(next(play.registry.people(1)))
    category, projects = next(iter(_nominees(play).items()))
    body = {"category": category, "project": projects[0]}
    problem = play.refused("voting.closed", lambda: late.post(f"{play.path}/votes", body))
    wait(lambda: certified(play.officer, play.path), 180, "the certified tally")
    started = play.officer.send("POST", f"{play.path}/tally/recount")
    *_, job = play.officer.follow(started.headers["Location"])
    recount, read = job["result"], job["progress"]["done"]
    complete = play.officer.get(f"{play.path}/turnout")["complete"]
    play.count(mails={BALLOT_MAIL: complete})
    agrees = "agrees" if recount["agrees"] else f"DIFFERS in {recount['places']} places"
    counted, cast = recount["votes_counted"], recount["votes_cast"]
    return f"{counted} of {cast} votes count, a recount of {read} ballots and votes {agrees}; late: {problem.title}"


def certified(officer: Person, path: str) -> bool:
    """Is the tally certified? The certification waits until officers decide on what the review of fraud found; here
    everybody votes from one machine within minutes, which is suspicious and harmless: such ballots are kept."""
    if officer.suite.visitor.get(f"{path}/voting")["state"] == "certified":
        return True
    if officer.get(f"{path}/review/summary")["holding"]:
        for cluster in officer.each(f"{path}/review/clusters"):
            if cluster["decision"] is None:
                body = {"decision": "keep", "reason": "All from one machine, on purpose"}
                officer.put(f"{path}/review/clusters/{cluster['cluster']}/decision", body)
    return False


def review_fraud(play: Play) -> str:
    """A campaign with throwaway addresses is found and its ballots are excluded; what else looks odd is kept."""
    play.officer.post(f"{play.path}/review/look")
    found = list(play.officer.each(f"{play.path}/review/clusters"))
    for cluster in found:
        thrown = cluster["kind"] == "throwaway_domain"
        body = {
            "decision": "exclude" if thrown else "keep",
            "reason": "Addresses that anybody may read" if thrown else "A ministry calls on its staff: no offence",
        }
        play.officer.put(f"{play.path}/review/clusters/{cluster['cluster']}/decision", body)
    told = play.officer.get(f"{play.path}/review/summary")
    play.count(mails={"voting/ballot_excluded": told["ballots_excluded"]})  # each voter is told why
    return f"{len(found)} clusters found, {told['ballots_excluded']} ballots of throwaway addresses excluded"


def _nominees(play: Play) -> dict[str, list[str]]:
    """Nominees by category, as the public reads them."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in sorted(play.suite.visitor.each(f"{play.path}/nominees"), key=lambda row: row["number"]):
        found[row["category"]].append(row["project"])
    return dict(found)


def _cast(play: Play, voter: Person, nominees: dict[str, list[str]]) -> None:
    dice = random.Random(f"{play.seed}|{voter.email}")
    habit = dice.choices(list(HABITS), list(HABITS.values()))[0]
    categories = dice.sample(sorted(nominees), len(nominees))
    if habit == "incomplete":
        categories = categories[: dice.randrange(1, min(STOP_BEFORE, max(2, len(categories))))]
    votes = [{"category": category, "project": _favourite(dice, nominees[category])} for category in categories]
    if habit == "whole":
        stored = voter.post(f"{play.path}/ballots", {"votes": votes})
        play.count(votes=_results(stored))
        return
    for body in votes:
        key = uuid.uuid4().hex
        play.count(votes=_results(voter.post(f"{play.path}/votes", body, key=key)))
        if dice.random() < DOUBLE_CLICK:
            # By the same key or by another: the vote is there, and stays what it is.
            voter.post(f"{play.path}/votes", body, key=key if dice.random() < 0.5 else "")
            play.count(votes={"repeated": 1})


def _favourite(dice: random.Random, projects: list[str]) -> str:
    """Some projects have a campaign behind them."""
    weights = [1 / (1 + place) for place in range(len(projects))]
    return dice.choices(projects, weights)[0]


def _results(answer: dict[str, Any]) -> dict[str, int]:
    """How many votes an answer says are stored, repeated, refused."""
    if "votes" in answer:
        results: defaultdict[str, int] = defaultdict(int)
        for row in answer["votes"]:
            results[row["result"]] += 1
        return dict(results)
    return {"repeated" if answer.get("repeated") else "stored": 1}


def _leave(play: Play) -> None:
    """Somebody has their account erased; the votes stay counted."""
    voter = play.voters.pop()
    voter.delete("/v1/me")
    play.gone.append(voter.account)
    play.count(mails={"accounts/account_erased": 1})
