"""Papers as clients see them, and the event about them in two versions."""

from marshmallow import fields
from wsis_shared.audit import ACTION_TAKEN
from wsis_shared.events import EventType
from wsis_shared.schemas import Id, ResponseSchema


class Paper(ResponseSchema):
    id = Id(required=True)
    number = fields.Integer(required=True)
    filename = fields.String(required=True)
    checked = fields.Boolean(required=True)


class Shelf(ResponseSchema):
    papers = fields.Integer(required=True)
    noted = fields.Integer(required=True)
    letters = fields.List(fields.String(), required=True)


class Weight(ResponseSchema):
    bytes = fields.Integer(required=True)


class PaperFiled(ResponseSchema):
    shelf = fields.String(required=True)


V1 = EventType("paper_filed", "A paper was filed", PaperFiled, {"shelf": "s1"})
V2 = EventType("paper_filed", "A paper was filed and named", PaperFiled, {"shelf": "s1"}, version=2)
PUBLISHES = (V1, V2, ACTION_TAKEN)
