"""Proposals to change the matrix, and the version that is made of them."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validate, validates_schema
from wsis_shared.json_types import Input
from wsis_shared.schemas import (
    ActionLine,
    Localised,
    PageQuery,
    RequestSchema,
    ResponseSchema,
    Sdg,
    SdgTarget,
    Text,
    Utc,
    page_of,
)

from wsis_stocktaking.matrix.rules.proposals import ACTIONS, DECISIONS, REMOVE, STATES
from wsis_stocktaking.matrix.schemas.versions import MatrixLink
from wsis_stocktaking.register.schemas import Day

_REASON, _RATIONALE = 1000, 2000  # characters


class ChangeBody(RequestSchema):
    """A change of one link of the line."""

    sdg = Sdg(required=True)
    action = fields.String(required=True, validate=validate.OneOf(ACTIONS))
    targets = fields.List(SdgTarget(), load_default=list, validate=validate.Length(max=30))
    goal_level = fields.Boolean(load_default=False)
    rationale = Localised(max_length=_RATIONALE, load_default=None, allow_none=True)

    @validates_schema
    def _fits(self, data: Input, **kwargs: object) -> None:
        if data["action"] == REMOVE:
            if data["targets"] or data["goal_level"] or data["rationale"]:
                raise ValidationError("A link that goes has no targets and no rationale.", "action")
            return
        if not data["targets"] and not data["goal_level"]:
            raise ValidationError("Name targets, or the goal as a whole.", "targets")
        if any(target.partition(".")[0] != str(data["sdg"]) for target in data["targets"]):
            raise ValidationError("A target belongs to another goal.", "targets")
        if not data["rationale"]:
            raise ValidationError("Say why the line supports the goal.", "rationale")


class ProposalBody(RequestSchema):
    """Changes of one action line."""

    line = ActionLine(required=True)
    justification = Text(max_length=_RATIONALE, many_lines=True, required=True)
    changes = fields.List(fields.Nested(ChangeBody), required=True, validate=validate.Length(min=1, max=17))

    @validates_schema
    def _once(self, data: Input, **kwargs: object) -> None:
        goals = [change["sdg"] for change in data["changes"]]
        if len(goals) != len(set(goals)):
            raise ValidationError("Name each goal once.", "changes")


class ProposalsQuery(PageQuery):
    """Which proposals."""

    line = ActionLine()
    state = fields.String(validate=validate.OneOf(STATES))


class DecisionBody(RequestSchema):
    """Accept or reject."""

    decision = fields.String(required=True, validate=validate.OneOf(DECISIONS))
    reason = Text(max_length=_REASON, many_lines=True, required=True)


class CommentBody(RequestSchema):
    """A comment on a proposal."""

    text = Text(max_length=_RATIONALE, many_lines=True, required=True)


class Change(ResponseSchema):
    """A link before and after."""

    sdg = fields.Integer(required=True)
    action = fields.String(required=True)
    before = fields.Nested(MatrixLink, allow_none=True)
    after = fields.Nested(MatrixLink, allow_none=True)


class Clash(ResponseSchema):
    """Another proposal that touches the same links."""

    proposal = fields.String(required=True)
    state = fields.String(required=True)
    sdgs = fields.List(fields.Integer(), required=True)


class Decision(ResponseSchema):
    """What an officer decided."""

    at = Utc(required=True)
    reason = fields.String(required=True)


class Proposal(ResponseSchema):
    """A proposal, without the person who wrote it. `agency` is null for one of the secretariat."""

    proposal = fields.String(required=True)
    line = fields.String(required=True)
    agency = fields.String(allow_none=True)
    mine = fields.Boolean(metadata={"description": "Of the reader's agency, which may withdraw it"})
    state = fields.String(required=True)
    justification = fields.String(required=True)
    base = fields.Integer(required=True, metadata={"description": "The version that it was written for"})
    created_at = Utc(required=True)
    decision = fields.Nested(Decision, allow_none=True)
    published_in = fields.Integer(allow_none=True)
    changes = fields.List(fields.Nested(Change), required=True)
    clashes = fields.List(fields.Nested(Clash), required=True)
    outdated = fields.List(
        fields.Integer(), required=True, metadata={"description": "Goals whose link has changed meanwhile"}
    )


ProposalPage = page_of(Proposal, "MatrixProposalPage", counted=True)


class Comment(ResponseSchema):
    """A comment. `agency` is null for the secretariat."""

    comment = fields.String(required=True)
    agency = fields.String(allow_none=True)
    at = Utc(required=True)
    text = fields.String(required=True)


CommentPage = page_of(Comment, "MatrixCommentPage")


class PublicationBody(RequestSchema):
    """A new version of accepted proposals."""

    base = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=1),
        metadata={"description": "The newest version, as it was read: another one is a conflict"},
    )
    valid_from = Day(required=True, metadata={"description": "Today or later, not before the newest version"})
    proposals = fields.List(
        fields.String(validate=validate.Length(max=64)),
        load_default=None,
        allow_none=True,
        validate=validate.Length(min=1, max=100),
        metadata={"description": "By default all that are accepted"},
    )
    note = Text(max_length=_REASON, load_default=None, allow_none=True, metadata={"description": "Public"})
    reason = Text(max_length=_REASON, required=True)
