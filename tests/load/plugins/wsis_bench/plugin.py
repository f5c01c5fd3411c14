from __future__ import annotations

from marshmallow import fields
from wsis_shared.plugin import PUBLIC, Mode, Plugin, Route
from wsis_shared.schemas import Answer, Body, Text


class Nominee(Answer):
    number = fields.Integer()
    project = fields.String()
    category = fields.String()
    title = fields.String()
    organization = fields.String()
    country = fields.String()


class Nominees(Answer):
    items = fields.List(fields.Nested(Nominee))
    next = fields.String(allow_none=True)


class Echo(Answer):
    value = fields.String()


class Vote(Body):
    category = Text(required=True, max_length=10)
    project = Text(required=True, max_length=64)


class Stored(Answer):
    category = fields.String()
    project = fields.String()


plugin = Plugin(
    name="bench",
    summary="For the benchmarks",
    service="wsis_bench.service:Bench",
    roles={"member": ("bench:use",)},
    routes=(
        Route("GET", "/v1/bench/nominees", call="nominees", summary="A list as the contest's", returns=Nominees,
              permission=PUBLIC, cache=3600),
        Route("GET", "/v1/bench/echo/{value}", call="echo", summary="A call that does nothing", returns=Echo,
              permission="bench:use"),
        Route("POST", "/v1/bench/votes", call="cast", summary="A vote", body=Vote, returns=Stored, status=201,
              permission="bench:use", mode=Mode.COMMAND, limit="vote"),
    ),
)  # fmt: skip
