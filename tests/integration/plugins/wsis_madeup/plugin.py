from marshmallow import fields
from wsis_shared.events import EventDependency, EventKey, EventSelection, EventType
from wsis_shared.jobs import JobKind
from wsis_shared.plugin import Plugin
from wsis_shared.schemas import ResponseSchema


class Thing(ResponseSchema):
    n = fields.Integer(required=True)
    text = fields.String()


class Total(ResponseSchema):
    total = fields.Integer(required=True)


THING_MADE = EventType("thing_made", "A thing was made", Thing, {"n": 1})


def told_much(plugins):
    return [EventKey("outside", "told_much")]


def told_in_turn(plugins):
    return [EventKey("outside", "told_in_turn")]


plugin = Plugin(
    name="madeup",
    summary="For the tests of the bus",
    service="wsis_madeup.service:MadeUp",
    collections="wsis_madeup.service:COLLECTIONS",
    publishes=(THING_MADE,),
    jobs=(
        JobKind("add_up", "Writes a row in each step", permission="madeup:jobs", result=Total),
        JobKind("walk", "One long step", result=Total),
        JobKind("stumble", "Raises until it is told not to"),
        JobKind("ponder", "Takes its time in each step"),
        JobKind("spoil", "Fails, and cannot be cleaned up"),
        JobKind("conclude", "Fails in the effect of its end"),
        JobKind("sign", "Runs to its end", cancellable=False),
    ),
    grants={"officer": ("madeup:jobs",)},
    depends_on=(
        EventDependency("madeup", "thing_made"),
        EventDependency("outside", "told"),
        EventDependency("outside", "said"),
        EventDependency("outside", "said", handler="on_said_too"),
        EventDependency("outside", "said", version=2, handler="on_said_v2"),
        EventDependency("outside", "paced"),
        EventDependency("outside", "power_changed"),
    ),
    selects=(
        EventSelection("on_told_much", "wsis_madeup.plugin:told_much", batches=True),
        EventSelection("on_told_in_turn", "wsis_madeup.plugin:told_in_turn", batches=True, in_order=True),
    ),
)
