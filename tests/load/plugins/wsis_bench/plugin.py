from __future__ import annotations

from marshmallow import fields
from wsis_shared.plugin import PUBLIC, Mode, Plugin, Route
from wsis_shared.rates import RateClass
from wsis_shared.schemas import RequestSchema, ResponseSchema, Text


class Nominee(ResponseSchema):
    number = fields.Integer()
    project = fields.String()
    category = fields.String()
    title = fields.String()
    organization = fields.String()
    country = fields.String()


class Nominees(ResponseSchema):
    items = fields.List(fields.Nested(Nominee))
    next = fields.String(allow_none=True)


class Echo(ResponseSchema):
    value = fields.String()


class Vote(RequestSchema):
    category = Text(required=True, max_length=10)
    project = Text(required=True, max_length=64)


class Stored(ResponseSchema):
    category = fields.String()
    project = fields.String()


plugin = Plugin(
    name="bench",
    summary="For the benchmarks",
    service="wsis_bench.service:Bench",
    collections="wsis_bench.service:COLLECTIONS",
    grants={"member": ("bench:use",)},
    rate_classes=(RateClass("bench", "1000000000/minute", "Votes of the benchmark"),),
    routes=(
        Route(
            "GET",
            "/v1/bench/nominees",
            handler="nominees",
            summary="A list as the contest's",
            response=Nominees,
            permission=PUBLIC,
            cache=3600,
        ),
        Route(
            "GET",
            "/v1/bench/echo/{value}",
            handler="echo",
            summary="A call that does nothing",
            response=Echo,
            permission="bench:use",
        ),
        Route(
            "GET",
            "/v1/bench/slow",
            handler="wait",
            summary="A call that takes a while",
            response=Echo,
            permission="bench:use",
        ),
        Route(
            "POST",
            "/v1/bench/votes",
            handler="cast",
            summary="A vote",
            body=Vote,
            response=Stored,
            status=201,
            permission="bench:use",
            mode=Mode.COMMAND,
            limit="bench",
        ),
    ),
)
