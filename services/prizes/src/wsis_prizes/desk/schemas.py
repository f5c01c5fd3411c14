"""How far an edition is."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.schemas import ResponseSchema, Utc


class Steps(ResponseSchema):
    """Each step of an edition in figures; what is under embargo is in none of them."""

    edition = fields.String()
    projects = fields.Dict(
        keys=fields.String(), values=fields.Integer(), metadata={"description": "By state, without drafts"}
    )
    waiting = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "Projects that wait: eligibility, clarification past its date, jurors"},
    )
    jurors = fields.Integer(metadata={"description": "Named for the edition"})
    reviews = fields.Integer(metadata={"description": "Assigned, without declared conflicts"})
    reviews_done = fields.Integer()
    list_fixed_at = Utc(allow_none=True)
    nominees_published_at = Utc(allow_none=True)
    finalists_fixed_at = Utc(allow_none=True)
    categories = fields.Integer(metadata={"description": "With finalists"})
    categories_undecided = fields.Integer(metadata={"description": "With finalists, and neither a winner nor none"})
    champions_announced_at = Utc(allow_none=True)
    winners_released_at = Utc(allow_none=True)
