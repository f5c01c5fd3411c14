"""A session that was made of the requests of two organizers shows each what is theirs, and both what was published."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from wsis_shared.blobs import store as blob_store
from wsis_testkit import refused

from wsis_consultation.programme.schemas import sessions

from ..programme_kit import ADA, BEA, Officer

OUTCOME = {
    "text": "We agreed.",
    "language": "en",
    "submission": None,
    "key": None,
    "links": [{"action_line": "C7.e-health", "sdg": 3, "rationale": "Clinics online"}],
}
HERS = {"name": "Ines Silva", "email": "third.speaker@private.example"}


pytestmark = pytest.mark.usefixtures("accounts")


def own(officer: Officer, who: Any, session: str) -> dict[str, Any]:
    """The session in the list of this organizer."""
    listed = officer.consultation.call("list_own_sessions", who, edition="2017")
    found: list[dict[str, Any]] = sessions.OwnSessions().dump(listed)["items"]
    return next(row for row in found if row["id"] == session)


def names(session: dict[str, Any]) -> list[str]:
    return [row["name"] for row in session["speakers"]]


def file(officer: Officer, who: Any, session: str, **body: Any) -> Any:
    return officer.consultation.call(
        "file_session_details", who, edition="2017", session=session, at="programme", body=body
    )


def test_each_organizer_of_a_merged_session_sees_and_changes_the_own_speakers(officer: Officer) -> None:
    his = officer.submit(ADA, speakers=[{"name": "Kofi Mensah", "email": "kofi@ngo.example"}])
    hers = officer.submit(BEA, speakers=[HERS, {"name": "MENSAH, Kofi", "email": "other@private.example"}])
    [session] = officer.make(his, hers, merge=True)
    before = own(officer, ADA, session)
    assert (names(before), before["submissions"]) == (["Kofi Mensah"], [his["submission"]])
    assert before["requests"] == [f"{his['submission']}/{his['request']}"]
    assert "private.example" not in str(before)
    assert hers["submission"] not in str(before)
    filed = file(officer, ADA, session, speakers=[{"name": "Li Na", "email": "li@ngo.example"}], abstract="Of both")
    assert names(filed) == ["Li Na"]
    assert names(own(officer, BEA, session)) == ["Ines Silva", "MENSAH, Kofi"]
    assert own(officer, BEA, session)["speakers"][0]["email"] == HERS["email"]
    whole = officer("read_session", session=session)
    assert names(whole) == ["Ines Silva", "MENSAH, Kofi", "Li Na"]
    # An officer who sends the list back changes nobody's share, with or without the submissions.
    spoken = [{**row, "organization": "Both"} for row in whole["speakers"]]
    officer("change_session", session=session, body={"speakers": spoken})
    without = [{name: value for name, value in row.items() if name != "submission"} for row in spoken]
    officer("change_session", session=session, body={"speakers": without})
    assert names(own(officer, ADA, session)) == ["Li Na"]


def test_a_mailed_link_shows_the_share_of_its_submission(officer: Officer) -> None:
    requests = [officer.submit(who, speakers=[{"name": f"Speaker {who.id}"}]) for who in (ADA, BEA)]
    [session] = officer.make(*requests, merge=True)
    mine = requests[1]["submission"]
    mail = officer.consultation.call(
        "session_contact", data={"edition": "2017", "session": session, "submission": mine}
    )
    link = {"submission": mine, "key": mail["url"].rpartition(".")[2]}
    shown = sessions.Session().dump(
        officer.consultation.call("open_session_link", edition="2017", session=session, body=link)
    )
    assert (names(shown), shown["submissions"]) == (["Speaker bea"], [mine])


def test_the_programme_names_a_speaker_of_two_requests_once(officer: Officer) -> None:
    officer.set_up()
    spellings = ["Amina Yusuf", "YUSUF Amina"]
    requests = [officer.submit(who, speakers=[{"name": name}]) for who, name in zip((ADA, BEA), spellings, strict=True)]
    [session] = officer.make(*requests, merge=True)
    officer.place(session, "A", "2017-06-13T07:00:00Z")
    officer.publish(reason="Soft")
    code = officer("read_session", session=session)["code"]
    read = officer.consultation.call("read_programme_session", edition="2017", code=code)
    assert names(read) == spellings[:1]
    officer.place(session, None, None)


def test_a_decision_reaches_the_authors_with_the_next_version(officer: Officer) -> None:
    officer.set_up()
    [session] = officer.make(officer.submit(ADA), status="draft")
    officer("decide_session", session=session, body={"status": "accepted", "reason": None})

    def told() -> tuple[str, str | None]:
        row = own(officer, ADA, session)
        return row["status"], row["reason"]

    assert told() == ("draft", None)
    officer.publish(reason="Soft")
    assert told() == ("accepted", None)
    note, reason = "The ambassador asked for it", "Two requests are alike"
    officer("decide_session", session=session, body={"status": "declined", "reason": reason, "note": note})
    assert told() == ("accepted", None)
    # Nor does a refusal to file tell it.
    assert file(officer, ADA, session, abstract="Still there")["status"] == "accepted"
    officer.publish(reason="Soft")
    assert told() == ("declined", reason)
    with refused("consultation.session_not_running"):
        file(officer, ADA, session, abstract="Too late")
    [*_, mail] = officer.wait_for_mails(session, ["accepted", "declined"])
    officer("decide_session", session=session, body={"status": "draft", "reason": "Not told yet"})
    assert officer.consultation.call("session_contact", data=mail)["reason"] == reason
    # The note of an officer is for officers.
    assert note not in str(own(officer, ADA, session))
    assert sessions.WholeSession().dump(officer("read_session", session=session))["note"] == note
    officer("change_session", session=session, body={"note": None})
    assert officer("read_session", session=session)["note"] is None


def test_a_logo_is_public_with_the_programme_alone(officer: Officer) -> None:
    [session] = officer.make(officer.submit(ADA))
    blob = blob_store.of("consultation").put([b"\x89PNG"], owner="upload", filename="logo.png")
    officer.consultation.call(
        "store_session_logo", ADA, edition="2017", session=session, at="programme", upload=blob.reference()
    )

    def read(*who: Any) -> Any:
        return officer.consultation.call("read_session_logo", *who, edition="2017", session=session)["blob"]

    for stranger in ((), (BEA,)):
        with refused("consultation.logo_unknown"):
            read(*stranger)
    assert read(ADA) == read(officer.consultation.officer) == blob.id
    officer.set_up()
    officer.place(session, "A", "2017-06-12T08:00:00Z")
    officer.publish()
    assert read() == blob.id


def test_nobody_learns_whether_a_session_was_made_of_a_request(officer: Officer) -> None:
    [session] = officer.make(officer.submit(ADA))
    for unknown in (session, "none"):
        with refused("consultation.logo_unknown"):
            officer.consultation.call("read_session_logo", edition="2017", session=unknown)
        with refused("consultation.session_unknown"):
            file(officer, BEA, unknown)
        with refused("consultation.session_key_invalid"):
            file(officer, BEA, unknown, submission="none", key="0" * 40)


def test_an_outcome_closes_at_its_deadline_and_officers_may_still_file_it(officer: Officer) -> None:
    officer.set_up()
    [session] = officer.make(officer.submit(ADA))
    officer.place(session, "A", "2017-06-15T07:00:00Z")
    officer.publish(reason="Soft")
    closed = datetime(2017, 8, 15, 21, tzinfo=UTC)  # 23:00 in Geneva

    def outcome(who: Any, at: datetime) -> Any:
        return officer.consultation.call(
            "file_session_outcome", who, edition="2017", session=session, at=at, body=OUTCOME
        )

    assert outcome(ADA, datetime(2017, 8, 15, 20, 59, 59, tzinfo=UTC))["text"] == "We agreed."
    with refused("consultation.session_outcome_closed"):
        outcome(ADA, closed)
    assert outcome(officer.consultation.officer, closed)["text"] == "We agreed."
    later = {"at": datetime(2017, 9, 15, 21, tzinfo=UTC), "reason": "Many were on holiday"}
    officer("move_deadline", deadline="session_outcomes", body=later)
    assert outcome(ADA, closed)["text"] == "We agreed."
    early = {**later, "at": datetime(2017, 6, 16, 21, tzinfo=UTC)}
    with refused("consultation.deadline_outside"):
        officer("move_deadline", deadline="session_outcomes", body=early)
    officer.place(session, None, None)
