"""Events of the WSIS-SDG Matrix."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EmailNotification, EventDependency, EventType
from wsis_shared.schemas import ResponseSchema


class MatrixPublished(ResponseSchema):
    """A version, with the numbers of links that it adds, changes and removes."""

    version = fields.Integer(required=True)
    valid_from = fields.String(required=True)
    added = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    removed = fields.Integer(required=True)
    lines = fields.List(fields.String(), required=True)


MATRIX_PUBLISHED = EventType(
    "matrix_published",
    "A version of the WSIS-SDG Matrix was published",
    MatrixPublished,
    {"version": 2, "valid_from": "2018-03-19", "added": 1, "changed": 2, "removed": 0, "lines": ["C7.e-agriculture"]},
    public=True,
    facets={"action_lines": "lines"},
)


class ProposalDecided(ResponseSchema):
    """The decision on a proposal; `account` is its author."""

    account = fields.String(required=True)
    proposal = fields.String(required=True)
    decision = fields.String(required=True)


MATRIX_PROPOSAL_DECIDED = EventType(
    "matrix_proposal_decided",
    "An officer accepted or rejected a proposal to change the matrix",
    ProposalDecided,
    {"account": "3f2a", "proposal": "51ab", "decision": "accepted"},
    notifications=(EmailNotification("matrix_proposal_decided", context_provider="describe_matrix_decision"),),
)

DEPENDS_ON: tuple[EventDependency, ...] = (
    EventDependency("accounts", "account_erased", reads=("account",), handler="forget_proposer"),
    EventDependency(
        "consultation",
        "session_outcome_filed",
        reads=("edition", "session", "code", "title", "action_lines", "sdgs", "links"),
        handler="keep_matrix_session",
    ),
    EventDependency("consultation", "session_removed", reads=("session",), handler="remove_matrix_session"),
)
