from marshmallow import fields
from wsis_shared.events import Event, Expected
from wsis_shared.plugin import Plugin
from wsis_shared.schemas import Answer


class Thing(Answer):
    n = fields.Integer(required=True)


THING_MADE = Event("thing_made", "A thing was made", Thing, {"n": 1})

plugin = Plugin(
    name="madeup",
    summary="For the tests of the bus",
    service="wsis_madeup.service:MadeUp",
    indexes="wsis_madeup.service:INDEXES",
    publishes=(THING_MADE,),
    expects=(Expected("madeup", "thing_made"), Expected("outside", "told")),
)
