from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from wsis_shared import clock
from wsis_shared.collection_specs import declare
from wsis_shared.errors import Conflict, SuiteError, Unavailable
from wsis_testkit import actor, crash_at, make_context, publish, refused, wait_for

from wsis_stocktaking.matrix.rules.proposals import MAX_PENDING
from wsis_stocktaking.matrix.store import MatrixVersions, Proposals
from wsis_stocktaking.matrix.use_cases.proposing import ProposalCases
from wsis_stocktaking.plugin import plugin

FAO, UNESCO, OFFICER = (actor("agency", agency="fao"), actor("agency", agency="unesco"), actor("officer"))
LINE = "C7.e-agriculture"
REASON = {"reason": "Agreed by the facilitators"}


@pytest.fixture(scope="module")
def service(serve: Any, published: Any) -> Any:
    published("stocktaking")
    return serve("stocktaking", seed=True)


def add(sdg: int, target: str, text: str = "It supports the target.") -> dict[str, Any]:
    return {"sdg": sdg, "action": "add", "targets": [target], "goal_level": False, "rationale": {"en": text}}


def propose(service: Any, *changes: dict[str, Any], who: Any = FAO, line: str = LINE) -> dict[str, Any]:
    body = {"line": line, "justification": "Agreed in May", "changes": list(changes)}
    return service.call("propose_matrix_changes", who, body=body)


def decide(service: Any, proposal: dict[str, Any], decision: str = "accepted") -> dict[str, Any]:
    body = {"decision": decision, **REASON}
    return service.call("decide_matrix_proposal", OFFICER, proposal=proposal["proposal"], body=body)


def newest(service: Any) -> int:
    return service.call("list_matrix_versions")["items"][0]["version"]


def today(days: int = 0) -> str:
    return (clock.to_geneva(clock.now()).date() + timedelta(days=days)).isoformat()


def release(
    service: Any, *chosen: dict[str, Any], base: int | None = None, days: int = 0, **more: Any
) -> dict[str, Any]:
    body = {
        "base": base or newest(service),
        "valid_from": today(days),
        "note": None,
        **REASON,
        "proposals": [each["proposal"] for each in chosen] or None,
    }
    return service.call("publish_matrix", OFFICER, body=body, **more)


def test_both_views_of_the_first_version_agree_and_a_past_day_has_it(service: Any) -> None:
    matrix = service.call("read_matrix", on="2016-01-01")
    assert (matrix["version"], len(matrix["links"])) == (1, 126)
    lines = {link["line"] for link in matrix["links"]}
    forth = [goal["link"] for line in lines for goal in service.call("read_matrix_line", line=line, version=1)["goals"]]
    back = [
        line["link"]
        for sdg in range(1, 18)
        for line in service.call("read_matrix_goal", sdg=str(sdg), version=1)["lines"]
    ]
    for links in (forth, back):
        assert sorted(links, key=str) == sorted(matrix["links"], key=str)
    with refused("stocktaking.matrix_version_unknown"):
        service.call("read_matrix", on="2015-05-31")


def test_links_are_paged_and_filtered(service: Any) -> None:
    first = service.call("list_matrix_links", limit=50, version=1)
    second = service.call("list_matrix_links", limit=100, version=1, after=first["next"])
    assert (len(first["items"]), len(second["items"]), second["next"]) == (50, 76, None)
    found = service.call("list_matrix_links", version=1, target="2.3")["items"]
    assert [link["line"] for link in found] == ["C4", "C7.e-business", LINE, "C10"]
    assert len(service.call("list_matrix_links", version=1, line=LINE, sdg=2)["items"]) == 1


def test_a_proposal_becomes_part_of_the_next_version(service: Any, published: Any) -> None:
    before = service.call("read_matrix")
    made = propose(service, add(6, "6.4"), {"sdg": 8, "action": "remove"}, {**add(2, "2.3"), "action": "change"})
    assert (made["agency"], made["state"]) == ("fao", "open")
    assert made["changes"][2]["before"]["targets"] == ["2.3", "2.4", "2.a"]
    with refused("stocktaking.matrix_proposal_not_accepted"):
        release(service, made)
    decide(service, made)
    version = release(service, made)
    assert (version["added"], version["changed"], version["removed"], version["lines"]) == (1, 1, 1, [LINE])
    told = published("stocktaking").wait("matrix_published")[-1]["data"]
    assert told == {
        "version": version["version"],
        "valid_from": today(),
        "added": 1,
        "changed": 1,
        "removed": 1,
        "lines": [LINE],
    }
    goals = service.call("read_matrix_line", line=LINE, version=version["version"])["goals"]
    water = next(goal for goal in goals if goal["sdg"] == 6)["link"]
    assert water["rationale"] == {"en": "It supports the target."}
    assert water["source"] == {"version": version["version"], "agency": "fao"}
    read = service.call("read_matrix_proposal", OFFICER, proposal=made["proposal"])
    assert (read["state"], read["published_in"]) == ("published", version["version"])
    changes = service.call("read_matrix_differences", version=str(version["version"]))
    assert [(item["sdg"], bool(item["before"]), bool(item["after"])) for item in changes["items"]] == [
        (2, True, True),
        (6, False, True),
        (8, True, False),
    ]
    assert service.call("read_matrix_version", version=str(before["version"]))["links"] == before["links"]


def test_a_version_waits_for_its_day_and_the_past_stays(service: Any) -> None:
    made = propose(service, add(14, "14.4"))
    decide(service, made)
    with refused("stocktaking.matrix_valid_from_too_early"):
        release(service, made, days=-1)
    current = service.call("read_matrix")["version"]
    version = release(service, made, days=30)
    assert service.call("read_matrix")["version"] == current
    assert service.call("read_matrix", on=today(30))["version"] == version["version"]
    later = propose(service, add(15, "15.3"))
    decide(service, later)
    with refused("stocktaking.matrix_valid_from_too_early") as raised:
        release(service, later)
    assert raised.value.fields == {"valid_from": [f"The first possible day is {today(30)}."]}
    release(service, later, days=30)


def test_agencies_know_what_is_about_their_lines(service: Any) -> None:
    with refused("stocktaking.matrix_line_of_others"):
        propose(service, add(4, "4.4"), line="C7.e-health")
    made = propose(service, add(16, "16.6"))["proposal"]
    for method, more in (
        ("read_matrix_proposal", {}),
        ("withdraw_matrix_proposal", {}),
        ("list_matrix_comments", {}),
        ("comment_matrix_proposal", {"body": {"text": "No"}}),
    ):
        with refused("stocktaking.matrix_proposal_unknown"):
            service.call(method, UNESCO, proposal=made, **more)
    with refused("stocktaking.matrix_proposal_unknown"):
        service.call("withdraw_matrix_proposal", OFFICER, proposal=made)
    mine = [service.call("read_matrix_proposal", who, proposal=made)["mine"] for who in (FAO, OFFICER)]
    assert mine == [True, False]
    listed = [row["proposal"] for row in service.call("list_matrix_proposals", FAO, limit=100)["items"]]
    assert made in listed
    assert service.call("list_matrix_proposals", UNESCO, line=LINE)["items"] == []
    assert made not in str(service.call("list_matrix_proposals", UNESCO, limit=100))
    assert service.call("withdraw_matrix_proposal", FAO, proposal=made)["state"] == "withdrawn"


def test_an_agency_has_a_limited_number_of_pending_proposals(service: Any) -> None:
    for _ in range(MAX_PENDING):
        made = propose(service, add(4, "4.4"), who=UNESCO, line="C9")
    with refused("stocktaking.matrix_proposals_pending"):
        propose(service, add(4, "4.4"), who=UNESCO, line="C9")
    service.call("withdraw_matrix_proposal", UNESCO, proposal=made["proposal"])
    propose(service, add(4, "4.4"), who=UNESCO, line="C9")


def test_lists_need_as_many_commands_for_one_proposal_as_for_many(database: Any, count_commands: Any) -> None:
    db = database("stocktaking")
    declare(db, plugin.load("collections"))
    cases = ProposalCases(MatrixVersions(db), Proposals(db))
    ctx = make_context(OFFICER)
    cases.list_matrix_proposals(ctx, 1, None, None, None)  # reads the newest version, which it keeps
    one, many = (
        count_commands(lambda limit=limit: cases.list_matrix_proposals(ctx, limit, None, None, None))
        for limit in (1, 20)
    )
    assert len(one) == len(many) <= 4


def test_comments_say_the_agency_and_nobody_is_named_after_erasure(
    service: Any, amqp_client: Any, database: Any
) -> None:
    leaver = actor("agency", agency="fao")
    made = propose(service, add(10, "10.1"), who=leaver)["proposal"]
    service.call("comment_matrix_proposal", leaver, proposal=made, body={"text": "Please read"})
    service.call("comment_matrix_proposal", OFFICER, proposal=made, body={"text": "We did"})
    said = service.call("list_matrix_comments", FAO, proposal=made)["items"]
    assert [(row["agency"], row["text"]) for row in said] == [("fao", "Please read"), (None, "We did")]
    publish(amqp_client, "accounts", "account_erased", {"account": leaver.id})
    rows = database("stocktaking")
    wait_for(lambda: rows["matrix_proposals"].find_one({"_id": made})["by"] is None, 10, "the author to be forgotten")
    assert rows["matrix_comments"].count_documents({"by": leaver.id}) == 0
    decide(service, {"proposal": made}, "rejected")


def test_proposals_on_one_link_are_shown_and_only_one_is_accepted(service: Any, published: Any) -> None:
    first, second = propose(service, add(11, "11.a")), propose(service, add(11, "11.b"), add(7, "7.1"))
    assert second["clashes"] == [{"proposal": first["proposal"], "state": "open", "sdgs": [11]}]
    decide(service, first)
    with refused("stocktaking.matrix_proposals_clash"):
        decide(service, second)
    release(service, first, days=30)
    assert service.call("read_matrix_proposal", FAO, proposal=second["proposal"])["outdated"] == [11]
    assert decide(service, second)["state"] == "accepted"
    with refused("stocktaking.matrix_link_changed"):
        release(service, second, days=30)
    decide(service, second, "rejected")
    told = published("stocktaking")

    def of_first() -> list[Any]:
        decided = (event["data"] for event in told.of("matrix_proposal_decided"))
        return [data for data in decided if data["proposal"] == first["proposal"]]

    mine = wait_for(of_first, what="the decision on the first")
    assert mine == [{"account": FAO.id, "proposal": first["proposal"], "decision": "accepted"}]
    details = service.call("describe_matrix_decision", data=mine[0], account=FAO.id)
    assert details == {"line": LINE, "decision": "accepted", "sdgs": [11], **REASON}


def test_of_two_officers_who_publish_one_wins(service: Any) -> None:
    made = propose(service, add(7, "7.1"))
    decide(service, made)
    base = newest(service)

    def attempt(_: int) -> int | str:
        try:
            return int(release(service, made, base=base, days=30)["version"])
        except SuiteError as error:
            return error.code

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(attempt, range(6)))
    assert outcomes.count(base + 1) == 1
    assert set(outcomes) == {base + 1, "stocktaking.matrix_version_superseded"}


def test_a_version_is_published_once_although_the_process_dies(serve: Any, service: Any, published: Any) -> None:
    made = propose(service, add(17, "17.11"), who=OFFICER, line="C8")
    decide(service, made)
    base = newest(service)
    service.stop()
    dying = serve("stocktaking", **crash_at("wsis_stocktaking.matrix.store:MatrixVersions.publish:after"))
    with suppress(Unavailable):
        release(dying, made, base=base, days=30, timeout=3.0)
    assert dying.process.wait(30) == 137
    again = serve("stocktaking")
    with suppress(Conflict):  # the broker delivers the request of the dead process again
        release(again, made, base=base, days=30)
    wait_for(lambda: newest(again) == base + 1, 10, "the version")
    assert again.call("read_matrix_proposal", OFFICER, proposal=made["proposal"])["published_in"] == base + 1
    numbers = [event["data"]["version"] for event in published("stocktaking").wait("matrix_published", base)]
    assert sorted(numbers) == list(range(2, base + 2))


def test_without_an_accepted_proposal_there_is_no_further_version(service: Any) -> None:
    before = newest(service)
    for proposal in service.call("list_matrix_proposals", OFFICER, limit=100, state="accepted")["items"]:
        decide(service, proposal, "rejected")
    with refused("stocktaking.matrix_nothing_to_publish"):
        release(service, days=366)
    assert newest(service) == before


def test_an_agency_proposes_for_the_lines_that_it_facilitates_alone(service: Any) -> None:
    with refused("stocktaking.matrix_line_of_others", line="C7.e-health"):
        propose(service, add(4, "4.4"), line="C7.e-health")
    assert propose(service, add(4, "4.4"), who=OFFICER, line="C7.e-health")["line"] == "C7.e-health"
