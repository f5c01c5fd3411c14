"""Scenario 10: what the jury decided is nowhere until the ceremony, and everywhere after it."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pikepdf
import pytest
from wsis_local.patience import factor
from wsis_testkit import wait_for
from wsis_testkit.sizes import size

from wsis_demo import phases
from wsis_demo.acts.of_services import act_of
from wsis_demo.acts.results import finalists_fixed
from wsis_demo.client import Person, Problem
from wsis_demo.people import Organization

# In the reason of each decision: wherever this shows, a decision has leaked.
MARK = "quartzlynx"
CATEGORIES = ("C1", "C2", "C3")
NOMINEES = 3
# The one view that shows decisions, to the Expert Group and the secretariat, and notes each look.
UNDER_EMBARGO = "/v1/editions/{edition}/finalists"
RELEASE = "wsis.prizes.winners_announced.v1"
READER = "reader@embargo.example"


@pytest.fixture(scope="module")
def webhooks(new_webhook: Callable[..., Any]) -> dict[str, Any]:
    """Of agencies that have subscribed to a line each: {line: receiver}. Nobody contests in the last."""
    return {line: new_webhook(action_lines=[line]) for line in (*CATEGORIES, "C9")}


@pytest.fixture(scope="module")
def reader(suite: Any) -> str:
    """Somebody who has subscribed to news of the prizes."""
    act_of("notifications").readers.confirm(suite, {"email": READER, "topics": ["prizes"]})
    return READER


@pytest.fixture(scope="module")
def jury(people: Any) -> Person:
    """A member of the Expert Group."""
    return people.with_role("juror", country="CH")


@pytest.fixture(scope="module")
def champions(contest: Any, people: Any, webhooks: dict[str, Any], reader: str, jury: Person) -> Any:
    """Champions are announced; the jury has not met."""
    contest.limit_to(*CATEGORIES)
    submitter = people.member(country="RW")
    for category in CATEGORIES:
        for number in range(NOMINEES):
            contest.submit(submitter, category, Organization(f"Entity {category} {number}", "academia", "RW", "en"))
    contest.nominate()
    contest.open_voting()
    with ThreadPoolExecutor(3) as pool:
        places = [dict.fromkeys(CATEGORIES, place) for place in (0, 0, 0, 1, 1, 2)]
        list(pool.map(lambda chosen: contest.vote_all(people.member(), **chosen), places))
    contest.close_voting()
    contest.officer.put(f"{contest.path}/jurors/{jury.account}", {"categories": []})
    finalists_fixed(contest.officer, contest.path)
    contest.officer.post(f"{contest.path}/champions/announcement")
    return contest


@pytest.fixture(scope="module")
def everything(champions: Any, openapi: dict[str, Any], people: Any, visitor: Person, stage: Any) -> Any:
    """Reads all that can be read, as a visitor, a member, an agency, an operator and an officer (or as some of them),
    and on the gateway's metrics port: {who and address: text}."""
    known = {"edition": champions.edition, "account": champions.officer.account, "category": CATEGORIES[0]}
    readers = {
        "visitor": visitor,
        "member": people.member(),
        "agency": people.with_role("agency"),
        "operator": people.with_role("operator"),
        "officer": champions.officer,
    }
    routes = [path for path, operations in openapi["paths"].items() if "get" in operations and path != UNDER_EMBARGO]
    first, _, open_one = champions.projects.values()
    # One that wins, one that does not beside it, and one of a category without a winner.
    projects = size([*first[:2], open_one[0]], [project for rows in champions.projects.values() for project in rows])

    def addresses() -> list[str]:
        found = []
        for route in routes:
            for project in projects if "{project}" in route else [""]:
                values = {**dict.fromkeys(re.findall(r"{(\w+)}", route), "0" * 32), **known, "project": project}
                found.append(route.format_map(values))
        return [*found, "/openapi.json"]

    def read(*names: str) -> dict[str, str]:
        pairs = [(name, address) for name in names or readers for address in addresses()]

        def one(pair: tuple[str, str]) -> str:
            query = {"edition": champions.edition} if pair[1] == "/v1/me/reviews" else {}
            answer = readers[pair[0]].send("GET", pair[1], **query)
            # Which request it was differs each time, as it should.
            return f"{answer.status_code} {answer.text.replace(answer.headers['X-Request-ID'], '')}"

        with ThreadPoolExecutor(8) as pool:
            texts = dict(zip((f"{name} {address}" for name, address in pairs), pool.map(one, pairs), strict=True))
        probes = f"http://127.0.0.1:{stage.environment['WSIS_GATEWAY_METRICS_PORT']}"
        return texts | {path: httpx.get(probes + path, timeout=60 * factor()).text for path in ("/metrics", "/readyz")}

    return read


@pytest.fixture(scope="module")
def decided(champions: Any, everything: Any, jury: Person) -> tuple[Any, dict[str, str], dict[str, str]]:
    """The contest after the jury has decided, what could be read before that, and {category: winner}."""
    before = everything("visitor", "member", "agency", "operator")  # an officer's change as jurors decide
    winners = {}
    for number, category in enumerate(CATEGORIES):
        project = champions.projects[category][number] if number < 2 else None
        body = {"project": project, "reason": f"{MARK} {category}: the strongest impact"}
        jury.put(f"{champions.path}/categories/{category}/winner", body)
        if project:
            winners[category] = project
    return champions, before, winners


def test_only_the_expert_group_and_the_secretariat_see_decisions(
    decided: tuple[Any, dict[str, str], dict[str, str]], jury: Person, people: Any, visitor: Person
):
    contest, _, winners = decided
    for who in (jury, contest.officer):
        rows = {row["category"]: row["decision"] for row in who.get(f"{contest.path}/finalists")["items"]}
        assert {category: row["project"] for category, row in rows.items() if row["project"]} == winners
    for who, status in ((visitor, 401), (people.member(), 403), (people.with_role("agency"), 403)):
        assert who.send("GET", f"{contest.path}/finalists").status_code == status
    looks = list(contest.officer.each(f"{contest.path}/embargo/looks"))
    assert {look["account"] for look in looks} >= {jury.account, contest.officer.account}


def test_no_answer_of_the_api_tells_a_decision(decided: tuple[Any, dict[str, str], dict[str, str]], everything: Any):
    contest, before, _ = decided
    after = everything()
    assert [where for where, text in after.items() if MARK in text] == []
    public = [where for where in after if contest.edition in where and not where.startswith("officer")]
    assert len(public) > 30
    changed = [where for where in public if before[where] != after[where]]
    assert changed == [], "an answer differs once the jury has decided"


def test_the_audit_tells_that_it_was_decided_not_what(decided: tuple[Any, dict[str, str], dict[str, str]]):
    contest, _, winners = decided

    def entries() -> list[dict[str, Any]]:
        rows = contest.officer.each("/v1/audit", object=f"edition/{contest.edition}")
        return [row for row in rows if row["action"] == "prizes.category_decided"]

    wait_for(lambda: len(entries()) == len(CATEGORIES), 30, "the audit")
    text = json.dumps(entries())
    assert not any(project in text for project in winners.values())
    assert MARK not in text


def test_no_log_and_no_mail_tells_a_decision(decided: tuple[Any, dict[str, str], dict[str, str]], stage: Any):
    contest, _, _ = decided
    assert [path.name for path in stage.logs.iterdir() if MARK in path.read_text("utf-8", "replace")] == []
    mailbox = contest.officer.suite.mailbox
    newest = [mail for mail, _ in zip(mailbox.each(), range(100), strict=False)]
    assert [mail["subject"] for mail in newest if MARK in mailbox.text(mail["id"])] == []


def test_no_event_newsletter_or_export_tells_a_decision(
    decided: tuple[Any, dict[str, str], dict[str, str]],
    webhooks: dict[str, Any],
    visitor: Person,
    reader: str,
    events_since: Callable[[int], list[dict[str, Any]]],
):
    contest, _, _ = decided
    mailbox = contest.officer.suite.mailbox
    told = wait_for(lambda: _announcements(contest), 60, "the champions in the archive")
    mailbox.wait(reader, saying=[told[0]["title"].split(":")[0]])
    events = events_since(0)
    received = [one.event for receiver in webhooks.values() for one in receiver.taken]
    assert [event for event in [*events, *received] if _releases(event, contest.edition)] == []
    exports = [contest.officer.get(f"{contest.path}/projects", format="csv"), visitor.get("/v1/newsletter/feed")]
    text = json.dumps([events, received]) + b"".join(exports).decode()
    assert MARK not in text
    assert len(_announcements(contest)) == 1
    assert len([mail for mail in mailbox.each() if mail["to"] == [reader]]) == 2, "the opt-in and the champions"


def test_certificates_do_not_tell_either(decided: tuple[Any, dict[str, str], dict[str, str]], visitor: Person):
    contest, _, winners = decided
    assert winners["C1"] in contest.projects["C1"]
    awards = {_award(visitor.get(f"/v1/projects/{project}/certificate")) for project in contest.projects["C1"]}
    assert awards == {f"WSIS Prizes {contest.edition}: Champion"}


def _award(pdf: bytes) -> str:
    """What the certificate says before the project's title, in the title of the document."""
    with pikepdf.open(io.BytesIO(pdf)) as file:
        return ": ".join(str(file.docinfo.Title).split(": ")[:2])


def test_nothing_is_released_before_the_ceremony(decided: tuple[Any, dict[str, str], dict[str, str]], visitor: Person):
    contest, _, _ = decided
    with pytest.raises(Problem, match=r"prizes\.before_the_ceremony"):
        contest.officer.post(f"{contest.path}/winners/release", {"reason": "Too early"})
    with pytest.raises(Problem) as refused:
        visitor.get(f"{contest.path}/winners")
    assert (refused.value.status, refused.value.code) == (404, "prizes.winners_not_released")


def test_the_release_makes_winners_public_at_once(decided: tuple[Any, dict[str, str], dict[str, str]], visitor: Person):
    contest, _, winners = decided
    start = phases.now()
    dates = phases.spans(contest.officer, contest.edition)
    wanted = {
        "winner_selection": (start, start + timedelta(hours=1)),
        "announcement": (start, start + timedelta(days=1)),
    }
    assert dates["announcement"][0] > start
    phases.arrange(contest.officer, contest.edition, wanted, "The ceremony begins")
    released = contest.officer.post(f"{contest.path}/winners/release", {"reason": "At the ceremony"})
    assert released["winners"] == len(winners)

    def shown() -> bool:
        rows = list(visitor.each(f"{contest.path}/winners"))
        return {row["category"]: row["project"] for row in rows} == winners

    wait_for(shown, 60, "the winners to be public")
    rows = wait_for(
        lambda: [row for row in visitor.each(f"{contest.path}/champions") if "winner" in row], 60, "champions anew"
    )
    assert {row["project"] for row in rows if row["winner"]} == set(winners.values())
    assert len(rows) == len(CATEGORIES) * NOMINEES
    with pytest.raises(Problem, match=r"prizes\.winners_released"):
        contest.officer.post(f"{contest.path}/winners/release", {"reason": "Again"})


def test_agencies_and_readers_have_it_within_a_minute(
    decided: tuple[Any, dict[str, str], dict[str, str]],
    webhooks: dict[str, Any],
    reader: str,
    events_since: Callable[[int], list[dict[str, Any]]],
):
    contest, _, winners = decided

    def released(events: list[dict[str, Any]]) -> list[set[str]]:
        ours = [event["data"]["winners"] for event in events if _releases(event, contest.edition)]
        return [{row["project"] for row in rows} for rows in ours]

    wanted = [set(winners.values())]
    wait_for(lambda: released(events_since(0)) == wanted, 60, "the event in the feed")
    for line in CATEGORIES:
        wait_for(lambda line=line: released([one.event for one in webhooks[line].taken]) == wanted, 60, line)  # type: ignore[misc]
    assert released([one.event for one in webhooks["C9"].taken]) == []
    assert [receiver.refused for receiver in webhooks.values() if receiver.refused] == []
    wait_for(lambda: len(_announcements(contest)) == 2, 60, "the winners in the archive")
    contest.officer.suite.mailbox.wait(reader, saying=[_announcements(contest)[0]["title"].split(":")[0]])


def _releases(event: dict[str, Any], edition: str) -> bool:
    return bool(event["type"] == RELEASE and event["data"]["edition"] == edition)


def _announcements(contest: Any) -> list[dict[str, Any]]:
    """Issues about the edition that everybody can read, the newest first; past stored responses."""
    rows = contest.officer.get("/v1/newsletter/compositions", state="sent", limit=100)["items"]
    return [row for row in rows if row["number"] is None and contest.edition in row["title"]]
