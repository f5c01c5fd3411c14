"""One vote, from the gateway to the store, in one trace; and what a trace does not tell."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from wsis_testkit import wait_for
from wsis_testkit.process import free_port
from wsis_testkit.tokens import TokenSigner

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CALLER = "00f067aa0ba902b7"


class Collector(ThreadingHTTPServer):
    """Takes spans by OTLP over HTTP; `raw` is all that was sent."""

    daemon_threads = True

    def __init__(self) -> None:
        self.spans: list[tuple[str, Span]] = []
        self.raw = b""
        super().__init__(("127.0.0.1", 0), Handler)

    def of(self, trace: str) -> dict[str, tuple[str, Span]]:
        """The spans of a trace by their ids, each with its part."""
        return {span.span_id.hex(): (part, span) for part, span in list(self.spans) if span.trace_id.hex() == trace}


class Handler(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.raw += body
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            part = next(one.value.string_value for one in resource.resource.attributes if one.key == "service.name")
            self.server.spans += [(part, span) for scope in resource.scope_spans for span in scope.spans]
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    server = Collector()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def signer(fake_service: Callable[..., None]) -> TokenSigner:
    made = TokenSigner()
    fake_service("accounts", jwks=made.jwks)
    return made


@pytest.fixture(scope="module")
def gateway(collector: Collector, serve: Any, signer: TokenSigner, prizes: Any, open_gateway: Any) -> Any:
    uri = f"http://127.0.0.1:{collector.server_port}"
    settings = {"WSIS_OTLP_URI": uri, "OTEL_BSP_SCHEDULE_DELAY": "100"}  # the library's own: milliseconds
    serve("voting", wait=False, **settings)
    return open_gateway("voting", WSIS_GATEWAY_TRACES="1", **settings)


def cast(gateway: Any, signer: TokenSigner, contest: Any, sub: str, trace: str) -> Any:
    body = {"category": "C1", "project": contest.project("C1", 1)}
    headers = {"Authorization": f"Bearer {signer.token(sub=sub)}", "traceparent": f"00-{trace}-{CALLER}-00"}
    return gateway.post(f"/v1/editions/{contest.edition}/votes", json=body, headers=headers)


def ways(collector: Collector, trace: str) -> list[list[str]]:
    """From each span of a trace up to the caller, or as far as is known yet."""
    spans = collector.of(trace)

    def up(id: str) -> list[str]:
        if id == CALLER or id not in spans:
            return [id]
        part, span = spans[id]
        return [f"{part.removeprefix('wsis-')}: {span.name}", *up(span.parent_span_id.hex())]

    return [up(id) for id in spans]


def test_a_vote_is_followed_from_the_gateway_to_the_store(
    gateway: Any, collector: Collector, signer: TokenSigner, open_contest: Any
) -> None:
    answer = cast(gateway, signer, open_contest(), "voter-who-is-traced", TRACE)
    assert answer.status_code == 201, answer.text
    to_caller = ["voting: voting.cast", "gateway: voting.cast", "gateway: POST /v1/editions/{edition}/votes", CALLER]
    wait_for(lambda: ["voting: commitTransaction", *to_caller] in ways(collector, TRACE), 60)
    wait_for(lambda: all(way[-1] == CALLER for way in ways(collector, TRACE)), 60)
    stored = [way for way in ways(collector, TRACE) if way[0].startswith("voting: insert ")]
    assert stored
    assert all(way[1:] == to_caller for way in stored)


def test_votes_of_one_batch_are_linked_from_its_span(
    gateway: Any, collector: Collector, signer: TokenSigner, open_contest: Any
) -> None:
    contest, traces = open_contest(), list[str]()

    def linked() -> set[str]:
        batches = [span for part, span in list(collector.spans) if part == "wsis-voting" and span.name == "voting.cast"]
        return {link.trace_id.hex() for span in batches for link in span.links}

    def cast_more() -> set[str]:
        more = [uuid.uuid4().hex for _ in range(30)]
        traces.extend(more)
        with ThreadPoolExecutor(len(more)) as pool:
            list(pool.map(lambda trace: cast(gateway, signer, contest, f"voter-{trace}", trace), more))
        return linked()

    wait_for(cast_more, 60, "two of them in one batch")
    assert linked() <= set(traces)


def test_a_trace_tells_nothing_of_who_votes_for_what(
    gateway: Any, collector: Collector, signer: TokenSigner, open_contest: Any
) -> None:
    contest, trace = open_contest(), TRACE[::-1]
    assert cast(gateway, signer, contest, "voter-whom-nobody-names", trace).status_code == 201
    wait_for(lambda: any(part == "wsis-voting" for part, _ in collector.of(trace).values()), 60)
    for told in ("voter-whom", "voter-who-is", contest.project("C1", 1), contest.edition, "127.0.0.1"):
        assert told.encode() not in collector.raw, told


def test_a_vote_is_taken_and_a_stop_ends_while_the_collector_is_away(
    gateway: Any, signer: TokenSigner, serve: Any, open_gateway: Any, open_contest: Any
) -> None:
    away = {"WSIS_OTLP_URI": f"http://127.0.0.1:{free_port()}", "OTEL_BSP_SCHEDULE_DELAY": "100"}
    served = serve("voting", **away)
    second = open_gateway("voting", WSIS_GATEWAY_TRACES="1", **away)
    contest = open_contest()
    for number in range(20):  # by turns, of the one that has a collector and the one that has not
        assert cast(second, signer, contest, f"voter-{number}", f"{number + 1:032x}").status_code == 201
    assert served.stop(seconds=20) == 0
