"""The daily mail of open reports."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from wsis_shared.mongo import in_transaction
from wsis_shared.parts import Parts
from wsis_testkit import actor, make_context, refused, unsent

from wsis_consultation.assignments import rules
from wsis_consultation.assignments.store import Assignments
from wsis_consultation.assignments.use_cases import compose
from wsis_consultation.assignments.use_cases.reporting import ReportingCases
from wsis_consultation.discussions import use_cases as discussing
from wsis_consultation.discussions.use_cases import DiscussionCases
from wsis_consultation.editions import store as seed

AT = datetime(2016, 12, 1, 12, tzinfo=UTC)
OFFICER = actor("officer")
AUTHOR = {"account": "spam", "names": "S", "organization": None, "country": "RW", "stakeholder_type": "academia"}


def _ctx(who: Any = OFFICER, at: datetime = AT) -> Any:
    return make_context(who, received_at=at)


@pytest.fixture(scope="module")
def db(database: Any) -> Any:
    made = database("consultation")
    seed.seed(made)
    return made


@pytest.fixture(scope="module")
def reporting(db: Any) -> ReportingCases:
    _, made = compose(Parts(db, lambda *_, **__: None))  # nothing here asks another service
    return made


@pytest.fixture(scope="module")
def discussions(db: Any) -> DiscussionCases:
    made = discussing.compose(Parts(db, lambda *_, **__: None))
    body = {"code": "youth", "title": {"en": "Youth"}, "description": {}, "order": 0}
    made.communities.create_community(_ctx(), "2017", body)
    return made


def reported(discussions: DiscussionCases, title: str) -> str:
    body = {"community": "youth", "language": "en", "title": title, "text": "?"}
    id = str(discussions.communities.open_discussion(_ctx(), "2017", body)["id"])
    in_transaction(lambda: discussions.posting.post("2017", id, AUTHOR, "Buy", via="web", parent=None, at=AT))
    report = {"reason": "spam", "note": None}
    discussions.moderation.report_comment(_ctx(actor("member", id="reader")), "2017", id, "1", report)
    return id


def assign(db: Any, account: str, discussion: str) -> None:
    body = {"role": rules.MODERATOR, "target": discussion, "account": account}
    Assignments(db).save("assignments", rules.new("2017", body, "officer", AT))


def due(db: Any, day: str) -> list[tuple[str, list[str]]]:
    found = [(name, row["data"]) for name in ("open_reports_due", "unassigned_reports_due") for row in unsent(db, name)]
    return [(name, data.get("accounts", [])) for name, data in found if data["day"] == day]


def test_who_moderates_gets_one_mail_a_day_and_none_where_nothing_is_open(
    reporting: ReportingCases, discussions: DiscussionCases, db: Any
) -> None:
    assert reporting.send_open_reports(_ctx()) == 0
    assert due(db, "2016-12-01") == [], "no report is open"
    own, other = reported(discussions, "Own"), reported(discussions, "Nobody's")
    assign(db, "mona", own)
    assert reporting.send_open_reports(_ctx()) == 1
    assert reporting.send_open_reports(_ctx(at=AT + timedelta(minutes=5))) == 0
    assert due(db, "2016-12-01") == [("open_reports_due", ["mona"]), ("unassigned_reports_due", [])]

    written = reporting.write_open_reports({"day": "2016-12-01"}, "mona")
    assert written == {"entries": [{"title": "Own", "count": 1}], "page": "/desk/assignments"}
    to_officers = reporting.write_unassigned_reports({"day": "2016-12-01"}, "officer")
    assert to_officers == {"entries": [{"title": "Nobody's", "count": 1}], "page": "/desk/consultations"}
    with refused("consultation.nothing_to_mail"):
        reporting.write_open_reports({"day": "2016-12-01"}, "somebody")

    for id in (own, other):
        discussions.moderation.moderate_comment(_ctx(), "2017", id, "1", {"status": "hidden", "reason": "Spam"})
    with refused("consultation.nothing_to_mail"):
        reporting.write_open_reports({"day": "2016-12-01"}, "mona")
    assert reporting.send_open_reports(_ctx(at=AT + timedelta(days=1))) == 0
    assert due(db, "2016-12-02") == []
