"""Malformed requests get 4xx, never 5xx, and never hang (reliability S13)."""

import json
import socket
import unicodedata
from contextlib import ExitStack

import httpx
import pytest

JSON = {"Content-Type": "application/json"}


def problem(response, status):
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    return response.json()


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"1",
        b"{} {}",
        b'{"title":}',
        b'{"title": "a",}',
        b"{'title': 'a'}",
        b'\xef\xbb\xbf{"title": "a"}',
        b'{"title": "\xff"}',
        '{"title": "a"}'.encode("utf-16"),
        b"\x00",
        b"{\x00}",
        b'{"number": NaN}',
        b'{"number": Infinity}',
        b'{"number": -Infinity}',
        b'{"number": 0x10}',
        b'{"number": 01}',
        b'{"number": ' + b"9" * 5000 + b"}",
        b'{"title": "a\nb"}',
        b"<note/>",
        b"title=a",
        b"[" * 100_000,
        b'{"a":' * 40_000,
        b'{"title": ' + b"[" * 40 + b"]" * 40 + b"}",
        b'{"title": [0' + b",0" * 20_000 + b"]}",
        b'{"__proto__": {}, "title": "a"',
    ],
)
def test_a_body_that_is_not_a_json_object_is_rejected(http, body):
    assert problem(http.put("/v1/notes/n1", content=body, headers=JSON), 400)["code"] == "gateway.body_malformed"


@pytest.mark.parametrize("body", ['{"title": "a", "title": "b"}', '{"title": "a", "\\u0074itle": "b"}'])
def test_the_error_names_a_duplicate_key(http, body):
    found = problem(http.put("/v1/notes/n1", content=body, headers=JSON), 400)
    assert found["errors"][0]["field"] == "title"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ('{"title": "a\\u0000b"}', "title"),
        ('{"title": "\\ud800"}', "title"),
        ('{"title": "a", "x\\udfff": 1}', "x\ufffd"),
        ('{"title": "a", "number": 9007199254740993}', "number"),
        ('{"title": "a", "number": 1e400}', "number"),
        ('{"title": "a", "number": -1e41}', "number"),
        ('{"title": "a", "targets": [{"target": "\\u0000"}]}', "targets.0.target"),
        ('{"title": {"$gt": ""}}', "title"),
        ('{"title": ["a"]}', "title"),
        ('{"title": null}', "title"),
        ("{}", "title"),
        ('{"title": "a", "$where": "1"}', "$where"),
        ('{"title": "a", "owner.id": "1"}', "owner.id"),
        ('{"title": "a", "__type__": "datetime"}', "__type__"),
        ('{"title": "a", "titles": {"xx": "b"}}', "titles.xx.key"),
        ('{"title": "a", "at": "2017-02-30T00:00:00Z"}', "at"),
        ('{"title": "a", "at": "2017-01-01T00:00:00"}', "at"),
    ],
)
def test_the_error_names_invalid_fields(http, body, field):
    found = problem(http.put("/v1/notes/n1", content=body, headers=JSON), 422)
    assert field in [error["field"] for error in found["errors"]]


@pytest.mark.parametrize(
    "text",
    [
        "naïve",
        "مرحبا",
        "שלום",
        "👩‍👩‍👧",
        "İıß",
        "𝒳",
        "a\u0301",
        "<script>alert(1)</script>",
        "{{7*7}}",
    ],
)
def test_text_in_any_script_is_accepted(http, text):
    response = http.put("/v1/notes/n1", json={"title": text})
    assert response.status_code == 200
    assert response.json()["title"] == unicodedata.normalize("NFC", text)
    assert response.headers["content-type"] == "application/json"


def test_text_that_is_slow_to_normalise_is_refused_without_normalising_it(http):
    marks = "a" + "\u0315" * 63_000 + "\u0316" * 63_000
    response = http.put("/v1/notes/n1", content=json.dumps({"title": marks}, ensure_ascii=False).encode(), headers=JSON)
    assert problem(response, 422)["code"] == "gateway.content_invalid"
    assert response.elapsed.total_seconds() < 5  # NFC of it takes 15


@pytest.mark.parametrize(
    "value",
    [
        {"title": ["\ud800"] * 19_000},
        {"\udc00" * 10_000: 1},
        {"a" * 100_000: ["\ud800"] * 10_000},
        {f"f{number}": 0 for number in range(15_000)},
        {"title": "a", "targets": [1] * 19_000},
        {"title": "a", "titles": {f"l{number}": 0 for number in range(15_000)}},
    ],
    ids=["surrogates", "a name of surrogates", "a long name", "unknown fields", "a long list", "languages"],
)
def test_a_refusal_is_short_however_much_is_wrong(http, value):
    found = http.put("/v1/notes/n1", content=json.dumps(value).encode(), headers=JSON)
    errors = problem(found, 422)["errors"]
    assert 1 <= len(errors) <= 100
    assert max(len(error["field"]) for error in errors) <= 200
    assert len(found.content) < 50_000


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json; charset=iso-8859-1"},
        {"Content-Type": "application/jsonp"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {**JSON, "Content-Encoding": "gzip"},
    ],
)
def test_other_media_types_are_rejected(http, headers):
    problem(http.put("/v1/notes/n1", content=b'{"title": "a"}', headers=headers), 415)


@pytest.mark.parametrize("kind", ["application/json;charset=UTF-8", 'Application/JSON; charset="utf-8"'])
def test_the_charset_utf8_is_accepted(http, kind):
    assert http.put("/v1/notes/n1", content=b'{"title": "a"}', headers={"Content-Type": kind}).status_code == 200


def test_a_body_that_is_too_large_is_rejected(http):
    problem(http.put("/v1/notes/n1", json={"title": "a" * 300_000}), 413)


def test_a_chunked_body_that_is_too_large_is_rejected(http):
    response = http.put("/v1/notes/n1", content=(b'"' + b"a" * 60_000 for _ in range(10)), headers=JSON)
    problem(response, 413)


def test_a_chunked_body_is_accepted(http):
    response = http.put("/v1/notes/n1", content=iter([b'{"title"', b': "a"}']), headers=JSON)
    assert response.json()["title"] == "a"


def test_17_megabytes_do_not_hang(gateway):
    head = b"PUT /v1/notes/n1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 17000000\r\n\r\n"
    assert b" 413 " in gateway.raw(head + b'{"title": "', seconds=2).splitlines()[0]


def test_a_slow_client_gets_408(run_gateway, sample):
    slow = run_gateway(CONSTANTS="wsis_gateway.request_parsing:BODY_SECONDS=0.5")
    head = b"PUT /v1/notes/n1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 40\r\n\r\n"
    assert b" 408 " in slow.raw(head + b'{"title": "', seconds=3).splitlines()[0]


def test_half_requests_take_no_place_from_others(gateway):
    with ExitStack() as stack:
        for _ in range(2300):  # more than the connections that a worker has
            half = stack.enter_context(socket.create_connection(("127.0.0.1", gateway.port), timeout=5))
            half.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
        assert httpx.get(f"{gateway.uri}/healthz", timeout=10).status_code == 200
        half.sendall(b"\r\n")
        assert half.recv(100).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "raw",
    [
        b"GET /v1/notes/n1 HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 20_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /v1/notes/n1 HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n",
        b"GET /v1/notes/n1 HTTP/1.1\r\nHost: x\r\n folded: 1\r\n\r\n",
        b"PUT /v1/notes/n1 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"PUT /v1/notes/n1 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"PUT /v1/notes/n1 HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"PUT /v1/notes/n1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
        b"GET /v1/notes/n1 HTTP/9.9\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET /v1/notes/n1 HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 200 + b"\r\n",
    ],
)
def test_a_request_that_gunicorn_cannot_parse_gets_a_problem(gateway, raw):
    head, _, body = gateway.raw(raw, seconds=2).partition(b"\r\n\r\n")
    assert head.startswith((b"HTTP/1.1 4", b"HTTP/1.1 501")), head
    document = json.JSONDecoder().raw_decode(body.decode())[0]
    assert document["status"] >= 400
    assert f"\r\nx-request-id: {document['request_id']}\r\n".encode() in head.lower()
    assert gateway.http.get("/healthz").status_code == 200


def test_pipelined_requests_get_responses_in_order(gateway):
    request = b"GET /v1/notes/%s HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /v1/notes/n3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    received = gateway.raw(request % b"n1" + request % b"n2" + last)
    assert [number for number in (b'"n1"', b'"n2"', b'"n3"') if number in received] == [b'"n1"', b'"n2"', b'"n3"']
    assert received.count(b"HTTP/1.1 200") == 3
