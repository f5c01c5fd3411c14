"""What everybody reads of an entry."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import RequestSchema, ResponseSchema, Utc, page_of

from wsis_stocktaking.entries.schemas.own import OutsideMatrix
from wsis_stocktaking.entries.schemas.review import Difference
from wsis_stocktaking.register.schemas import Card, Content, Prize


class Entry(Card):
    """A public entry."""

    outside_matrix = fields.List(
        fields.Nested(OutsideMatrix), metadata={"description": "Links that the WSIS-SDG Matrix does not have"}
    )
    licence = fields.String(
        metadata={"description": "Address of the licence under which the entry may be used; empty: none is granted"}
    )
    licence_agreed_at = Utc(
        allow_none=True, metadata={"description": "When who submitted the entry agreed to it; null: it came otherwise"}
    )
    merged_from = fields.String(
        allow_none=True, metadata={"description": "The id that was asked for, where that entry was merged into this"}
    )


class RevisionRow(ResponseSchema):
    """A revision."""

    number = fields.Integer(required=True)
    source = fields.String(required=True, metadata={"description": "submission, import, prizes or officer"})
    published_from = Utc(required=True)
    published_to = Utc(allow_none=True, metadata={"description": "null: it is public"})


RevisionPage = page_of(RevisionRow, "RevisionPage")


class Revision(RevisionRow):
    """What an entry said."""

    entry = fields.String(required=True)
    content = fields.Nested(Content, required=True)
    prize = fields.Nested(Prize, allow_none=True)


def _number(description: str) -> fields.Integer:
    return fields.Integer(
        load_default=None, validate=validate.Range(min=1, max=2**31), metadata={"description": description}
    )


DifferencesQuery = RequestSchema.from_dict(  # "from" is no name of an attribute
    {"from": _number("Revision; by default the one before"), "to": _number("Revision; by default the last one")},
    name="DifferencesQuery",
)


class Differences(ResponseSchema):
    """What differs between two revisions."""

    entry = fields.String(required=True)
    from_revision = fields.Integer(required=True)
    to_revision = fields.Integer(required=True)
    items = fields.List(fields.Nested(Difference), required=True)
