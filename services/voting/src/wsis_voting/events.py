"""What voting publishes, each with an example, and what it expects of others. No event ever holds a choice."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared import audit
from wsis_shared.events import EmailNotification, EventDependency, EventType
from wsis_shared.schemas import ResponseSchema, Utc


class OfEdition(ResponseSchema):
    """Which contest, and until when."""

    edition = fields.String(required=True)
    opens_at = Utc()
    closes_at = Utc()


class Counting(ResponseSchema):
    """Which contest."""

    edition = fields.String(required=True)


class Certified(ResponseSchema):
    """Totals only: votes by project are for the Expert Group."""

    edition = fields.String(required=True)
    ballots_complete = fields.Integer(required=True)
    votes_cast = fields.Integer(required=True)
    votes_counted = fields.Integer(required=True)
    number = fields.Integer()


class Published(ResponseSchema):
    """Which result; it is at `.../log/result`."""

    edition = fields.String(required=True)
    number = fields.Integer(required=True)


class Completed(ResponseSchema):
    """Whose ballot is complete."""

    edition = fields.String(required=True)
    account = fields.String(required=True)


class Reminded(ResponseSchema):
    """Who is reminded, some hundred accounts at a time."""

    edition = fields.String(required=True)
    accounts = fields.List(fields.String(), required=True)
    closes_at = Utc(required=True)


class Excluded(ResponseSchema):
    """Whose ballots the review has excluded, some hundred accounts at a time, and on which ground."""

    edition = fields.String(required=True)
    accounts = fields.List(fields.String(), required=True)
    ground = fields.String(required=True)


class Reinstated(ResponseSchema):
    """Whose ballots are not excluded any more, some hundred accounts at a time."""

    edition = fields.String(required=True)
    accounts = fields.List(fields.String(), required=True)


class Head(ResponseSchema):
    """A signed head of the public log, whole: whoever keeps it can show that history was rewritten."""

    v = fields.Integer(required=True)
    edition = fields.String(required=True)
    number = fields.Integer(required=True)
    size = fields.Integer(required=True, metadata={"description": "Leaves in the tree"})
    root = fields.String(required=True)
    time = fields.String(required=True)
    prev = fields.String(required=True, metadata={"description": "SHA-256 of the former head as it is published"})
    key_id = fields.String(required=True)
    signature = fields.String(required=True)


_WINDOW = {"edition": "2017", "opens_at": "2017-03-16T00:00:00Z", "closes_at": "2017-04-30T21:00:00Z"}

VOTING_OPENED = EventType(
    "voting_opened", "Public voting has opened", OfEdition, _WINDOW, public=True,
    notifications=(EmailNotification("voting_opened", to="everyone", kind="voting"),),
)  # fmt: skip
# Apart from voting_opened, because nobody is to be invited twice: prizes tells everyone of the new date.
VOTING_REOPENED = EventType("voting_reopened", "Public voting was extended after it had closed", OfEdition, _WINDOW,
                        public=True)  # fmt: skip
VOTING_CLOSED = EventType("voting_closed", "Public voting has closed", OfEdition, _WINDOW, public=True)
TALLY_CERTIFIED = EventType(
    "tally_certified", "All votes are in and counted, and the tally is frozen", Certified,
    {"edition": "2017", "ballots_complete": 52000, "votes_cast": 1100000, "votes_counted": 936000, "number": 1},
    public=True,
)  # fmt: skip
BALLOT_COMPLETED = EventType(
    "ballot_completed", "A voter has voted in every category", Completed, {"edition": "2017", "account": "3f2a"},
    notifications=(
        EmailNotification("ballot_completed", to="account", context_provider="ballot_summary", undated=True),
    ),
)  # fmt: skip
BALLOTS_REMINDED = EventType(
    "ballots_reminded", "Voters with an incomplete ballot are reminded, once", Reminded,
    {"edition": "2017", "accounts": ["3f2a", "77b0"], "closes_at": "2017-04-30T21:00:00Z"},
    notifications=(
        EmailNotification("ballots_reminded", to="accounts", context_provider="ballot_progress", kind="voting",
                          undated=True),
    ),
)  # fmt: skip
BALLOTS_EXCLUDED = EventType(
    "ballots_excluded", "Officers have excluded ballots from the count: their voters are told why", Excluded,
    {"edition": "2017", "accounts": ["3f2a", "77b0"], "ground": "burst"},
    notifications=(EmailNotification("ballot_excluded", to="accounts", context_provider="exclusion"),),
)  # fmt: skip
BALLOTS_REINSTATED = EventType(
    "ballots_reinstated", "Officers have taken an exclusion back: the voters are told", Reinstated,
    {"edition": "2017", "accounts": ["3f2a", "77b0"]},
    notifications=(EmailNotification("ballot_reinstated", to="accounts", context_provider="exclusion"),),
)  # fmt: skip
LOG_HEAD_PUBLISHED = EventType(
    "log_head_published", "The public log of the votes has grown", Head,
    {"v": 1, "edition": "2017", "number": 1, "size": 212, "root": "9f" * 32, "time": "2017-03-16T00:01:00Z",
     "prev": "0" * 64, "key_id": "07509fd7b8294aff", "signature": "a6" * 64},
    public=True,
)  # fmt: skip
RESULT_PUBLISHED = EventType(
    "result_published", "The certified result and the openings of the votes are public", Published,
    {"edition": "2017", "number": 1}, public=True,
)  # fmt: skip
TURNOUT_CHANGED = EventType(
    "turnout_changed", "Votes were stored: officers who follow the turnout read it anew", Counting, {"edition": "2017"}
)

PUBLISHES = (
    VOTING_OPENED, VOTING_REOPENED, VOTING_CLOSED, TALLY_CERTIFIED, BALLOT_COMPLETED, BALLOTS_REMINDED,
    BALLOTS_EXCLUDED, BALLOTS_REINSTATED,
    LOG_HEAD_PUBLISHED, RESULT_PUBLISHED, TURNOUT_CHANGED, audit.ACTION_TAKEN,
)  # fmt: skip

DEPENDS_ON = (
    EventDependency("prizes", "nominees_published", reads=("edition", "nominees")),
    EventDependency("prizes", "voting_window_changed", reads=("edition", "opens_at", "closes_at", "every_category")),
    EventDependency("prizes", "project_disqualified", reads=("edition", "project", "category")),
    EventDependency("prizes", "champions_announced", reads=("edition",)),
    EventDependency("accounts", "account_confirmed", reads=("account", "country")),
    EventDependency("accounts", "account_erased", reads=("account",)),
    EventDependency("accounts", "power_changed", reads=("account", "roles")),
    EventDependency(
        "accounts", "voter_signals", reads=("account", "domain", "throwaway", "registered_at", "confirmed_at")
    ),
)
