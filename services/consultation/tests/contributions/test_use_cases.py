"""What everybody reads of a submission, with and without consent, and who endorses it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from wsis_shared.context import ANONYMOUS
from wsis_shared.errors import Conflict, Invalid
from wsis_testkit import actor, refused

from wsis_consultation.contributions import rules

ADA, BEA, CEM = (actor("member", id=name) for name in ("ada", "bea", "cem"))


pytestmark = pytest.mark.usefixtures("people")


@pytest.fixture
def receipt(consultation: Any, make_answers: Any) -> dict[str, Any]:
    """A submission of ada's with addresses in its text."""
    text = f"{' '.join(f'word{each}' for each in range(40))} write to ada@ngo.example or +41 22 730 51 11"
    answers = make_answers(structure_programme=text)
    body = {"draft": None, "key": None, "answers": answers, "language": "fr"}
    made: dict[str, Any] = consultation.call("submit", ADA, edition="2017", body=body)
    return made


@pytest.fixture
def consent(consultation: Any, receipt: Any) -> Any:
    def say(public: bool = True, who: Any = ADA, key: str | None = None, at: str = "open") -> Any:
        body = {"key": key, "public": public}
        arguments = {"edition": "2017", "submission": receipt["id"], "body": body}
        return consultation.call("change_consent", who, at=at, **arguments)

    return say


@pytest.fixture
def read(consultation: Any, receipt: Any) -> Any:
    return lambda name="read_contribution", who=ANONYMOUS, **more: consultation.call(
        name, who, edition="2017", receipt=receipt["receipt"], **more
    )


def listed(consultation: Any, **filters: Any) -> list[str]:
    rows: list[str] = []
    after = None
    while True:
        page = consultation.call("list_contributions", edition="2017", limit=2, after=after, **filters)
        rows += [row["receipt"] for row in page["items"]]
        if (after := page["next"]) is None:
            return rows


def test_a_contribution_is_public_while_its_author_consents(
    consultation: Any, receipt: Any, consent: Any, read: Any
) -> None:
    for _ in range(2):
        with refused("consultation.contribution_unknown"):
            read()
        assert receipt["receipt"] not in listed(consultation)
        consent()
        found = read()
        assert found["organization"] == "Health for All"
        assert found["answers"]["structure_programme"].endswith("write to […] or […]")
        assert found["requests"][0]["title"] == "E-health for all"
        assert not [text for text in ("Umutoni", "Otieno", "ada@", "'ada'") if text in str(found)]
        assert receipt["receipt"] in listed(consultation)
        consent(public=False, at="programme")  # also after the deadline
    for event in ("contribution_published", "contribution_unpublished"):
        about = [seen for seen in consultation.published.wait(event, 2) if seen["subject"] == receipt["id"]]
        assert [seen["data"]["number"] for seen in about] == [receipt["number"]] * 2
        assert not [
            text for text in ("Umutoni", "Otieno", "ada@", "'ada'") if text in str(about)
        ]  # ids are of hex digits


def test_only_its_author_consents(consultation: Any, receipt: Any, consent: Any, read: Any) -> None:
    for who in (BEA, ANONYMOUS, consultation.officer):
        with refused("consultation.submission_unknown"):
            consent(who=who)
    consent(who=ANONYMOUS, key=consultation.link_key(receipt["id"]))
    assert read()["receipt"] == receipt["receipt"]
    assert consultation.call("read_submission", ADA, edition="2017", submission=receipt["id"])["public"] is True


def test_what_is_withdrawn_is_not_public(consultation: Any, receipt: Any, consent: Any, read: Any) -> None:
    consent()
    body = {"key": None, "reason": None}
    consultation.call("withdraw_submission", ADA, edition="2017", submission=receipt["id"], body=body)
    with refused("consultation.contribution_unknown"):
        read()
    with refused("consultation.submission_withdrawn"):
        consent()


def test_the_last_version_is_shown(consultation: Any, receipt: Any, consent: Any, read: Any, make_answers: Any) -> None:
    consent()
    body = {"key": None, "base": None, "answers": make_answers(organization_name="Health & All"), "language": None}
    consultation.call("amend_submission", ADA, edition="2017", submission=receipt["id"], body=body)
    assert read()["organization"] == "Health & All"


@pytest.mark.parametrize("wrong", ["OCP-2017-99999", "OCP-2016-0001", "ocp-2017-0001", "x", "OCP-2017-00001"])
def test_a_receipt_that_is_none_leads_nowhere(consultation: Any, wrong: str) -> None:
    with refused("consultation.contribution_unknown"):
        consultation.call("read_contribution", edition="2017", receipt=wrong)


def test_the_list_is_filtered_and_sorted(consultation: Any, receipt: Any, consent: Any) -> None:
    consent()
    assert listed(consultation)[0] == listed(consultation, sort="oldest")[-1] == receipt["receipt"]
    for fits, not_so in (({"action_line": "C3"}, {"action_line": "C1"}), ({"sdg": 3}, {"sdg": 4})):
        assert receipt["receipt"] in listed(consultation, country="RW", **fits)
        assert receipt["receipt"] not in listed(consultation, country="RW", **not_so)
    with refused("consultation.edition_unknown"):
        consultation.call("list_contributions", edition="1999")


def test_an_account_endorses_once_and_takes_it_back(consultation: Any, consent: Any, read: Any) -> None:
    consent()
    mine = {"for_organization": False}
    with ThreadPoolExecutor(2) as pool:  # two presses at a time
        list(pool.map(lambda _: read("endorse_contribution", BEA, body=mine), range(2)))
    assert read("read_endorsement", BEA) | {"receipt": ""} == {
        "receipt": "",
        "endorsed": True,
        "own": False,
        "organization": None,
        "endorsements": 1,
    }
    read("endorse_contribution", CEM, body={"for_organization": True})
    found = read()
    assert (found["endorsements"], found["organizations"]) == (2, ["Health for All"])
    for _ in range(2):
        assert read("withdraw_endorsement", CEM)["endorsements"] == 1
    assert (read()["endorsements"], read()["organizations"]) == (1, [])


def test_nobody_endorses_their_own_or_what_is_not_public(consultation: Any, consent: Any, read: Any) -> None:
    body = {"for_organization": False}
    with refused("consultation.contribution_unknown"):
        read("endorse_contribution", BEA, body=body)
    consent()
    with refused("consultation.own_contribution"):
        read("endorse_contribution", ADA, body=body)
    assert read()["endorsements"] == 0


def test_an_account_without_an_organization_endorses_for_itself_alone() -> None:
    submission: Any = {"_id": "s", "edition": "2017", "account": None}
    at: Any = None
    with pytest.raises(Invalid) as refusal:
        rules.endorse(submission, "bea", {}, for_organization=True, at=at)
    assert (refusal.value.code, list(refusal.value.fields)) == (
        "consultation.organization_missing",
        ["for_organization"],
    )
    assert rules.endorse(submission, "bea", {}, for_organization=False, at=at)["organization"] is None
    with pytest.raises(Conflict):
        rules.endorse({**submission, "account": "bea"}, "bea", {}, for_organization=False, at=at)
