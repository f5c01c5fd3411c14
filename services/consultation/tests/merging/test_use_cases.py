"""Submissions that look like the same: seen by senders and officers, merged and separated by officers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from wsis_shared.context import ANONYMOUS
from wsis_testkit import actor, refused, wait_for

TEXTS = {
    "water": "Sensors along the river warn villages of floods by radio and by telephone, in the local languages",
    "school": "Teachers of rural schools share lessons offline and meet once a month to print what pupils have written",
}
Submit = Callable[..., dict[str, Any]]


pytestmark = pytest.mark.usefixtures("people")


@pytest.fixture(scope="module")
def answers(make_answers: Any) -> Callable[..., dict[str, Any]]:
    def make(topic: str, title: str, **more: Any) -> dict[str, Any]:
        request = {**make_answers()["requests"][0], "title": title, "description": " ".join([TEXTS[topic]] * 2)}
        changed: dict[str, Any] = make_answers(
            email=None, structure_programme=" ".join([TEXTS[topic]] * 3), requests=[request], **more
        )
        return changed

    return make


@pytest.fixture(scope="module")
def submit(consultation: Any, answers: Any) -> Submit:
    def send(who: str, topic: str, title: str, *, public: bool = False, **more: Any) -> dict[str, Any]:
        member = actor("member", id=who)
        body = {"draft": None, "key": None, "answers": answers(topic, title, **more), "language": "en"}
        receipt: dict[str, Any] = consultation.call("submit", member, edition="2017", body=body)
        if public:
            consent = {"key": None, "public": True}
            consultation.call("change_consent", member, edition="2017", submission=receipt["id"], body=consent)
        return receipt

    return send


@pytest.fixture
def officer(consultation: Any) -> Callable[..., Any]:
    return lambda method, submission, **more: consultation.call(
        method, consultation.officer, edition="2017", submission=submission["id"], **more
    )


def receipts(found: dict[str, Any]) -> list[str]:
    return [row["receipt"] for row in found["items"]]


def test_an_officer_sees_what_looks_like_the_same(submit: Submit, officer: Any) -> None:
    one = submit("bea", "water", "Flood warnings for river villages")
    same = submit("cem", "water", "Flood warnings in river villages", organization_name="River Watch")
    other = submit("dee", "school", "Lessons without a network", organization_name="Teachers of Kivu")
    found = officer("list_similar_submissions", one)
    assert same["receipt"] in receipts(found)
    assert not {one["receipt"], other["receipt"]} & set(receipts(found))
    assert found["items"][0]["likely"]
    assert receipts(officer("list_similar_submissions", other)) == []


def test_a_sender_sees_what_is_public_or_own_and_nothing_else(consultation: Any, submit: Submit, answers: Any) -> None:
    name = "Libraries of the coast"
    public = submit("eva", "school", "Books by boat", public=True, organization_name=name)
    secret = submit("fay", "school", "Books by boat", organization_name=name)
    own = submit("gil", "school", "Books by boat", organization_name=name)
    gil = actor("member", id="gil")
    body = {"answers": answers("school", "Books by boats", organization_name=name), "email": None, "language": "en"}
    draft = consultation.call("create_draft", gil, edition="2017", body=body)["draft"]
    found = consultation.call("list_similar_of_draft", gil, edition="2017", draft=draft)
    assert {row["receipt"]: (row["public"], row["own"]) for row in found["items"]} == {
        public["receipt"]: (True, False),
        own["receipt"]: (False, True),
    }
    assert secret["receipt"] not in str(found)
    by_key = {"key": consultation.link_key(draft)}
    opened = consultation.call("find_similar_of_draft", ANONYMOUS, edition="2017", draft=draft, body=by_key)
    assert opened == found
    for who in (actor("member", id="eva"), consultation.officer):
        with refused("consultation.draft_unknown"):
            consultation.call("list_similar_of_draft", who, edition="2017", draft=draft)


def test_an_empty_draft_is_like_nothing(consultation: Any) -> None:
    hal = actor("member", id="hal")
    body = {"answers": {}, "email": None, "language": "en"}
    draft = consultation.call("create_draft", hal, edition="2017", body=body)["draft"]
    assert consultation.call("list_similar_of_draft", hal, edition="2017", draft=draft) == {"items": []}


def test_a_merged_one_is_counted_no_more_and_comes_back_whole(consultation: Any, submit: Submit, officer: Any) -> None:
    one = submit("ida", "water", "Early warnings", public=True)
    other = submit("jon", "water", "Early warning", public=True)

    def endorse(who: str, receipt: dict[str, Any], method: str = "endorse_contribution") -> None:
        more = {"body": {"for_organization": False}} if method == "endorse_contribution" else {}
        consultation.call(method, actor("member", id=who), edition="2017", receipt=receipt["receipt"], **more)

    def public(receipt: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = consultation.call("read_contribution", edition="2017", receipt=receipt["receipt"])
        return found

    def listed() -> set[str]:
        page = consultation.call("list_contributions", edition="2017", limit=100)
        return {row["receipt"] for row in page["items"]}

    for who, receipt in (("kim", one), ("lea", one), ("lea", other)):
        endorse(who, receipt)
    before = consultation.call("count_submissions", consultation.officer, edition="2017", state="received")["total"]
    body = {"into": other["receipt"], "reason": "Both say the same"}
    merged = officer("merge_submission", one, body=body)
    assert (merged["state"], merged["other"]) == ("merged", other["receipt"])
    assert (
        consultation.call("count_submissions", consultation.officer, edition="2017", state="received")["total"]
        == before - 1
    )
    assert listed() & {one["receipt"], other["receipt"]} == {other["receipt"]}
    assert (public(other)["endorsements"], public(other)["merged"]) == (2, [one["receipt"]])
    assert (public(one)["endorsements"], public(one)["merged_into"]) == (2, other["receipt"])
    ida = actor("member", id="ida")
    own = consultation.call("read_submission", ida, edition="2017", submission=one["id"])
    assert (own["state"], own["merged_into"], own["answers"]["requests"][0]["title"]) == (
        "merged",
        other["receipt"],
        "Early warnings",
    )
    assert officer("read_input", one)["merged_into"] == other["receipt"]
    [event] = [seen for seen in consultation.published.wait("submission_merged") if seen["subject"] == one["id"]]
    assert event["data"]["other"] == other["number"]
    mail = consultation.call("merger_details", data=event["data"])
    assert (mail["contact"]["email"], mail["other_receipt"], mail["reason"]) == (
        "ida@ngo.example",
        other["receipt"],
        "Both say the same",
    )
    endorse("kim", one, "withdraw_endorsement")
    officer("separate_submission", one, body={"reason": "They differ after all"})
    assert {one["receipt"], other["receipt"]} <= listed()
    assert [public(each)["endorsements"] for each in (one, other)] == [1, 1]
    assert (public(other)["merged"], public(one)["merged_into"]) == ([], None)
    assert (
        consultation.call("count_submissions", consultation.officer, edition="2017", state="received")["total"]
        == before
    )
    with refused("consultation.not_merged"):
        officer("separate_submission", one, body={"reason": "Again"})


@pytest.fixture
def endorsed(consultation: Any) -> Callable[..., int]:
    """`endorsed(receipt)`: how many endorse it; `endorsed(receipt, who, method)` does that first."""

    def count(receipt: dict[str, Any], who: str = "", method: str = "endorse_contribution") -> int:
        named = {"edition": "2017", "receipt": receipt["receipt"]}
        if who:
            more = {"body": {"for_organization": False}} if method == "endorse_contribution" else {}
            consultation.call(method, actor("member", id=who), **named, **more)
        return int(consultation.call("read_contribution", **named)["endorsements"])

    return count


def test_a_merger_makes_nobody_endorse_their_own(submit: Submit, officer: Any, endorsed: Any) -> None:
    one = submit("ora", "school", "Radio for schools", public=True)
    other = submit("pia", "school", "Radios for schools", public=True)
    assert [endorsed(one, who) for who in ("pia", "quy")] == [1, 2]
    officer("merge_submission", one, body={"into": other["receipt"], "reason": "The same"})
    assert endorsed(other) == 1


def test_an_endorsement_is_withdrawn_wherever_a_merger_took_it(submit: Submit, officer: Any, endorsed: Any) -> None:
    one, two, three = (
        submit(who, "school", f"Maps drawn by pupils {who}", public=True) for who in ("rui", "sol", "tom")
    )
    endorsed(one, "uma")
    for source, target in ((one, two), (two, three)):
        officer("merge_submission", source, body={"into": target["receipt"], "reason": "The same"})
    assert endorsed(three) == 1
    assert endorsed(one, "uma", "withdraw_endorsement") == 0
    assert [endorsed(two), endorsed(three)] == [0, 0]


def test_endorsements_go_back_with_their_own_through_two_mergers(submit: Submit, officer: Any, endorsed: Any) -> None:
    one, two, three = (
        submit(who, "school", f"Songs learned by radio {who}", public=True) for who in ("vic", "wim", "xia")
    )
    endorsed(one, "yul")
    for source, target in ((one, two), (two, three)):
        officer("merge_submission", source, body={"into": target["receipt"], "reason": "The same"})
    officer("separate_submission", one, body={"reason": "Another one after all"})
    assert [endorsed(each) for each in (one, two, three)] == [1, 0, 0]


def test_what_was_merged_into_a_withdrawn_one_stands_again(
    consultation: Any, submit: Submit, officer: Any, endorsed: Any
) -> None:
    one, other = (submit(who, "school", f"Desks made of boxes {who}", public=True) for who in ("zoe", "abe"))
    endorsed(one, "yul")
    officer("merge_submission", one, body={"into": other["receipt"], "reason": "The same"})
    abe, withdrawal = actor("member", id="abe"), {"key": None, "reason": None}
    consultation.call("withdraw_submission", abe, edition="2017", submission=other["id"], body=withdrawal)
    [event] = wait_for(
        lambda: [each for each in consultation.published.of("submission_separated") if each["subject"] == one["id"]]
    )
    zoe = actor("member", id="zoe")
    assert consultation.call("read_submission", zoe, edition="2017", submission=one["id"])["state"] == "received"
    assert endorsed(one) == 1
    mail = consultation.call("merger_details", data=event["data"])
    assert (mail["contact"]["email"], mail["other_receipt"]) == ("zoe@ngo.example", other["receipt"])


def test_requests_of_what_was_merged_become_no_sessions(consultation: Any, submit: Submit, officer: Any) -> None:
    one, other = (submit(who, "water", f"Wells that text their level {who}") for who in ("bob", "cat"))
    officer("merge_submission", one, body={"into": other["receipt"], "reason": "The same"})
    [request] = officer("read_submission", one)["answers"]["requests"]
    named = {"requests": [{"submission": one["id"], "request": request["id"]}], "merge": False, "into": None}
    with refused("consultation.requests_unknown"):
        consultation.call("make_sessions", consultation.officer, edition="2017", body=named)
    consultation.run("start_making_sessions", edition="2017")
    sessions = consultation.call("list_sessions", consultation.officer, edition="2017", limit=100)["items"]
    titles = {title for row in sessions for title in row["title"].values()}
    assert [title for title in titles if title.startswith("Wells that text")] == ["Wells that text their level cat"]


def test_what_is_merged_is_not_changed_and_not_merged_twice(
    consultation: Any, submit: Submit, officer: Any, answers: Any
) -> None:
    one, other = submit("mia", "water", "Rivers that speak"), submit("nia", "water", "Rivers which speak")
    body = {"into": other["receipt"], "reason": "The same"}
    officer("merge_submission", one, body=body)
    mia = actor("member", id="mia")
    amended = {"key": None, "base": None, "answers": answers("water", "Rivers"), "language": None}
    for method, sent in (
        ("amend_submission", amended),
        ("withdraw_submission", {"key": None, "reason": None}),
        ("change_consent", {"key": None, "public": True}),
    ):
        with refused("consultation.submission_merged", receipt=other["receipt"]):
            consultation.call(method, mia, edition="2017", submission=one["id"], body=sent)
    with refused("consultation.submission_merged"):
        officer("merge_submission", one, body=body)


def test_an_author_takes_the_consent_back_from_what_was_merged(consultation: Any, submit: Submit, officer: Any) -> None:
    one, other = (submit(who, "school", f"Paper and pens of {who}", public=True) for who in ("pia", "quy"))
    officer("merge_submission", one, body={"into": other["receipt"], "reason": "The same"})
    pia = actor("member", id="pia")
    assert consultation.call("read_submission", pia, edition="2017", submission=one["id"])["public"] is True
    no_longer = {"key": None, "public": False}
    consultation.call("change_consent", pia, edition="2017", submission=one["id"], body=no_longer)
    with refused("consultation.contribution_unknown"):
        consultation.call("read_contribution", edition="2017", receipt=one["receipt"])
    assert consultation.call("read_contribution", edition="2017", receipt=other["receipt"])["merged"] == []
    assert consultation.call("read_submission", pia, edition="2017", submission=one["id"])["public"] is False
    officer("separate_submission", one, body={"reason": "They differ"})
    with refused("consultation.contribution_unknown"):
        consultation.call("read_contribution", edition="2017", receipt=one["receipt"])


@pytest.mark.parametrize("into", ["OCP-2017-9999", "OCP-2016-0001", "nothing"])
def test_a_target_must_stand(submit: Submit, officer: Any, into: str) -> None:
    one = submit("oda", "water", f"Into {into}")
    for wrong in (into, one["receipt"]):
        with refused("consultation.merge_target_invalid") as refusal:
            officer("merge_submission", one, body={"into": wrong, "reason": "No"})
        assert list(refusal.value.fields) == ["into"]
