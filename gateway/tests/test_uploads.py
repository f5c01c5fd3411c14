"""Files on their way in: as they arrive, within limits, known by their content, and gone where nobody keeps them."""

import concurrent.futures
import json
import socket
from contextlib import ExitStack

import httpx
import pytest
from wsis_shared import mongo
from wsis_shared.blobs import store
from wsis_testkit import wait_for

PLACES = "wsis_gateway.uploads:PLACES"
PDF = b"%PDF-1.7\n" + b"x" * 200_000 + b"\n%%EOF\n"


@pytest.fixture
def files(environment):
    """The rows of the service's bucket."""
    rows = mongo.database(store.DATABASE)["sample.files"]
    rows.delete_many({})
    return rows


def problem(response, status, code=None):
    assert response.status_code == status, response.text
    assert code is None or response.json()["code"] == code
    return response.json()


def put(http, headers, content, note="n1", **more):
    return http.put(f"/v1/notes/{note}/paper", content=content, headers={**headers, **more})


def test_a_raw_body_is_the_file(http, signed_in, files):
    disposition = {"Content-Disposition": 'attachment; filename="naïve.pdf"'.encode()}
    response = put(http, signed_in(), PDF, **{"Content-Type": "text/html"}, **disposition)
    upload = response.json()["upload"]
    assert (upload["filename"], upload["media_type"], upload["size"]) == ("naïve.pdf", "application/pdf", len(PDF))
    row = files.find_one({"_id": upload["id"]})
    assert (row["sha256"], row["owner"], "expires_at" in row) == (upload["sha256"], "note/n1", False)
    assert http.get("/v1/notes/n1/paper").content == PDF


def test_a_chunked_body_is_stored_as_it_comes(http, signed_in, files):
    response = put(http, signed_in(), (PDF[at : at + 7001] for at in range(0, len(PDF), 7001)))
    assert response.json()["upload"]["size"] == len(PDF)
    assert http.get("/v1/notes/n1/paper").content == PDF


@pytest.mark.parametrize("order", [("file", "body"), ("body", "file")])
@pytest.mark.parametrize("body", ["json", "blob"])  # a browser gives a JSON part a file name
def test_a_form_has_a_file_and_a_body(http, signed_in, files, order, body):
    parts = {
        "file": ("file", ("Zwei Wörter.pdf", PDF, "application/octet-stream")),
        "body": ("body", ("blob" if body == "blob" else None, json.dumps({"title": "A paper"}), "application/json")),
    }
    response = http.post("/v1/papers", files=[parts[name] for name in order], headers=signed_in())
    assert response.status_code == 201, response.text
    assert response.json()["title"] == "A paper"
    assert response.json()["upload"]["filename"] == "Zwei Wörter.pdf"
    assert http.get(response.headers["location"]).content == PDF


def test_text_is_taken_under_the_name_of_the_route(http, signed_in, files):
    upload = put(http, signed_in(), b"country,votes\nRW,2\n", **{"Content-Type": "application/pdf"}).json()["upload"]
    assert upload["media_type"] == "text/csv"
    assert http.get("/v1/notes/n1/paper").headers["content-type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize(
    "content", [b"MZ\x90\0" + b"\0" * 500, PDF[:-10], b"<html><script>x</script></html>", b"GIF89a \x3b"]
)
def test_a_file_of_another_type_is_refused_whatever_it_is_called(http, signed_in, files, content):
    response = put(http, signed_in(), content, **{"Content-Type": "application/pdf"})
    problem(response, 415, "gateway.file_type_unsupported")
    assert response.headers["accept"] == "application/pdf, text/csv"
    assert files.count_documents({}) == 0


@pytest.mark.parametrize(
    ("content", "name", "ending"),
    [
        (PDF, "plan.exe", ".pdf"),
        (PDF, "plan.pdf.html", ".pdf"),
        (b"a,b\n", "rows.html", ".csv"),
        (b"a,b\n", "a.pdf", ".csv"),
    ],
)
def test_the_name_of_a_file_says_the_type_of_its_content(http, signed_in, files, content, name, ending):
    raw = put(http, signed_in(), content, **{"Content-Disposition": f'attachment; filename="{name}"'})
    parts = {"file": (name, content), "body": (None, '{"title": "a"}')}
    for response in (raw, http.post("/v1/papers", files=parts, headers=signed_in())):
        [error] = problem(response, 422, "gateway.content_invalid")["errors"]
        assert error["field"] == "file"
        assert f"must end in {ending}" in " ".join(error["messages"])
    assert files.count_documents({}) == 0
    for fitting in (f"plan{ending.upper()}", "plan"):
        disposition = {"Content-Disposition": f'attachment; filename="{fitting}"'}
        assert put(http, signed_in(), content, **disposition).status_code == 200


def test_a_file_that_is_too_large_is_refused(http, signed_in, files):
    over = b"%PDF-1.7" + b"x" * 2_000_000
    problem(put(http, signed_in(), over), 413, "gateway.body_too_large")
    problem(put(http, signed_in(), iter([over])), 413, "gateway.body_too_large")
    form = {"file": ("a.pdf", over), "body": (None, '{"title": "a"}')}
    problem(http.post("/v1/papers", files=form, headers=signed_in()), 413, "gateway.body_too_large")
    assert files.count_documents({}) == 0
    assert mongo.database(store.DATABASE)["sample.chunks"].count_documents({"n": 7}) == 0


@pytest.mark.parametrize("content", [b"", None])
def test_a_file_must_come(http, signed_in, files, content):
    assert problem(put(http, signed_in(), content), 422)["errors"][0]["field"] == "file"
    form = {"body": (None, '{"title": "a"}')}
    assert problem(http.post("/v1/papers", files=form, headers=signed_in()), 422)["errors"][0]["field"] == "file"
    assert files.count_documents({}) == 0


@pytest.mark.parametrize(
    "parts",
    [
        [("file", ("a.pdf", PDF)), ("other", ("b.pdf", PDF)), ("body", (None, '{"title": "a"}'))],
        [("file", ("a.pdf", PDF)), ("body", (None, '{"title": "a"}')), ("more", (None, "x"))],
        [("file", ("a.pdf", PDF)), ("body", (None, '{"title": "a", "owner": "x"}'))],
        [("file", ("a.pdf", PDF)), ("body", (None, "{}"))],
        [("file", ("a.pdf", PDF))],
    ],
)
def test_a_form_with_something_else_is_refused_and_leaves_nothing(http, signed_in, files, parts):
    problem(http.post("/v1/papers", files=parts, headers=signed_in()), 422, "gateway.content_invalid")
    assert files.count_documents({}) == 0


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"--x\r\n"),
        ("multipart/form-data; boundary=", b"--x\r\n"),
        ("multipart/form-data; boundary=x", b"no boundary at all"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\ncut"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: \xff\xfe; filename=f\r\n\r\nx\r\n--x--\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\n" + b"A: b\r\n" * 3000 + b"\r\nx\r\n--x--\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=body\r\n\r\n{]\r\n--x--\r\n"),
    ],
)
def test_what_is_not_a_form_is_refused(http, signed_in, files, kind, body):
    response = http.post("/v1/papers", content=body, headers={**signed_in(), "Content-Type": kind})
    assert response.status_code in (400, 422), response.text
    assert files.count_documents({}) == 0


def test_a_compressed_body_is_refused(http, signed_in, files):
    problem(put(http, signed_in(), PDF, **{"Content-Encoding": "gzip"}), 415)


def test_who_may_not_write_sends_nothing(http, files):
    problem(put(http, {}, PDF), 401)
    assert files.count_documents({}) == 0


def test_a_refusal_of_the_handler_removes_the_file(http, signed_in, files):
    problem(put(http, signed_in(), PDF, note="taken"), 409, "sample.title_taken")
    assert files.count_documents({}) == 0


def test_where_the_outcome_is_not_known_the_file_is_left_to_expire(http, signed_in, files):
    problem(put(http, signed_in(), PDF, note="broken"), 500)
    assert files.find_one()["expires_at"] is not None


def test_a_repeat_under_an_idempotency_key_has_one_effect(http, signed_in, files):
    first, second = (put(http, signed_in(), PDF, **{"Idempotency-Key": "paper-1"}) for _ in range(2))
    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()
    assert files.count_documents({"expires_at": {"$exists": False}}) == 1
    other = put(http, signed_in(), PDF.replace(b"x", b"y"), **{"Idempotency-Key": "paper-1"})
    problem(other, 422, "suite.idempotency_key_reused")


@pytest.mark.parametrize("framing", ["Content-Length: 1000000", "Transfer-Encoding: chunked"])
def test_a_client_that_leaves_midway_leaves_nothing(gateway, signed_in, files, framing):
    """Though what has come so far is a whole PDF."""
    head = (
        f"PUT /v1/notes/n1/paper HTTP/1.1\r\nHost: x\r\n{framing}\r\n"
        f"Authorization: {signed_in()['Authorization']}\r\n\r\n"
    )
    size = b"" if "Length" in framing else b"%x\r\n" % len(PDF)
    with socket.create_connection(("127.0.0.1", gateway.port)) as connection:
        connection.sendall(head.encode() + size + PDF)
        wait_for(lambda: files.count_documents({}) == 1, 10, "the upload to begin")
    wait_for(lambda: files.count_documents({}) == 0, 10, "the upload to be removed")


def paced(bytes_per_second):
    rate = f"wsis_gateway.incoming:BYTES_PER_SECOND={bytes_per_second}"
    return f"wsis_gateway.request_parsing:BODY_SECONDS=0.5 {rate}"


def test_a_client_that_sends_too_slowly_is_let_go(run_gateway, sample, keys, signed_in, files):
    slow = run_gateway(CONSTANTS=paced(1_000_000))
    head = (
        "PUT /v1/notes/n1/paper HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n"
        f"Authorization: {signed_in()['Authorization']}\r\n\r\n"
    )
    assert b" 408 " in slow.raw(head.encode() + PDF, seconds=5).splitlines()[0]
    assert files.count_documents({}) == 0


def test_more_uploads_than_the_gateway_takes_are_refused(run_gateway, sample, keys, signed_in, files):
    narrow = run_gateway(CONSTANTS=f"{PLACES}=1")
    head = (
        "PUT /v1/notes/n1/paper HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n"
        f"Authorization: {signed_in()['Authorization']}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", narrow.port)) as connection:
        connection.sendall(head.encode())
        wait_for(lambda: files.count_documents({}) == 1, 10, "the upload to begin")
        assert problem(put(narrow.http, signed_in(), PDF), 503, "gateway.busy")["params"]["retry_after"] == 5
    wait_for(lambda: put(narrow.http, signed_in(), PDF).status_code == 200, 10, "the slot to be free again")


def test_what_came_fast_buys_no_long_rest(run_gateway, sample, keys, signed_in, files):
    """By the pace alone the client of 1.9 MB might rest for 19 seconds; with a file of 400 MB, for hours."""
    gateway = run_gateway(CONSTANTS=paced(100_000))
    head = (
        "PUT /v1/notes/n1/paper HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n"
        f"Authorization: {signed_in()['Authorization']}\r\n\r\n"
    )
    answer = gateway.raw(head.encode() + b"%PDF-1.7" + b"x" * 1_900_000, seconds=10)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert files.count_documents({}) == 0


def test_nobody_takes_the_places_of_all(run_gateway, sample, keys, signed_in, files):
    """Of four places an account or a network has one, and all networks together have two."""
    narrow = run_gateway(CONSTANTS=f"{PLACES}=4", WSIS_GATEWAY_PROXIES="127.0.0.1")

    def headers(who):
        return signed_in(sub=who) if who.isalpha() else {"X-Forwarded-For": who}

    def upload(who):
        path = "/v1/notes/n1/paper" if who.isalpha() else "/v1/public-notes/n1/paper"
        response = narrow.http.put(path, content=PDF, headers=headers(who))
        return response.status_code if response.is_success else response.json()["code"]

    with ExitStack() as held:
        for number, who in enumerate(("ann", "192.0.2.1", "198.51.100.1")):
            path = "notes" if who.isalpha() else "public-notes"
            named = "".join(f"{name}: {value}\r\n" for name, value in headers(who).items())
            slow = held.enter_context(socket.create_connection(("127.0.0.1", narrow.port)))
            line = f"PUT /v1/{path}/n2/paper HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n{named}\r\n"
            slow.sendall(line.encode() + PDF)
            wait_for(lambda number=number: files.count_documents({}) == number + 1, 10, "the upload to begin")
        refused = "ann", "192.0.2.9", "203.0.113.1"
        assert [upload(who) for who in refused] == ["gateway.busy"] * 3
        assert upload("bo") == 200


def test_an_upload_has_its_place_until_it_is_answered(run_gateway, sample, keys, signed_in, files):
    """What a service does with a file may take longer than to receive it."""
    narrow = run_gateway(CONSTANTS=f"{PLACES}=4")
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        first = pool.submit(httpx.put, f"{narrow.uri}/v1/notes/long/paper", content=PDF, headers=signed_in())
        wait_for(lambda: sample.call("reads", board="long"), 10, "the service to have the file")
        problem(put(narrow.http, signed_in(), PDF), 503, "gateway.busy")
        assert put(narrow.http, signed_in(sub="bo"), PDF, note="n2").status_code == 200
        sample.call("set_board", board="long", number=1)
        assert first.result().status_code == 200
    assert put(narrow.http, signed_in(), PDF).status_code == 200


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        (b'attachment; filename="../../etc/passwd"', "passwd"),
        (b"attachment; filename=C:\\a\\b.pdf", "b.pdf"),
        (b"attachment; filename*=UTF-8''%e2%82%ac%20rates.pdf", "€ rates.pdf"),
        ('attachment; filename="a\u202efdp.pdf"'.encode(), "afdp.pdf"),
        (b"attachment; filename*=a.pdf; filename*0=b.pdf", "file"),
        (b"attachment", "file"),
        (b'attachment; filename=".."', "file"),
        (b"", "file"),
        (b'attachment; filename="' + b"a" * 3000, "a" * 200),
    ],
)
def test_a_file_name_is_a_name_and_nothing_more(http, signed_in, files, disposition, name):
    response = put(http, signed_in(), PDF, **{"Content-Disposition": disposition})
    assert response.json()["upload"]["filename"] == name


def test_many_uploads_at_once_arrive_whole(gateway, signed_in, files):
    def send(number):
        content = b"%PDF-1.7 " + bytes([65 + number]) * 300_000 + b"%%EOF"
        with httpx.Client(base_url=gateway.uri, timeout=30) as client:
            assert put(client, signed_in(), content, note=f"many{number}").status_code == 200
            return client.get(f"/v1/notes/many{number}/paper").content == content

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert all(pool.map(send, range(16)))


def test_a_store_that_speaks_s3_serves_as_well(run_gateway, sample, keys, signed_in, files, s3_uri):
    remote = run_gateway(WSIS_BLOBS_URI=s3_uri)
    upload = put(remote.http, signed_in(), PDF, note="remote").json()["upload"]
    assert files.find_one({"_id": upload["id"]})["place"] == "s3"
    assert mongo.database(store.DATABASE)["sample.chunks"].find_one({"files_id": upload["id"]}) is None
    assert remote.http.get("/v1/notes/remote/paper").content == PDF
    part = remote.http.get("/v1/notes/remote/paper", headers={"Range": "bytes=5-199999"})
    assert (part.status_code, part.content) == (206, PDF[5:200_000])
    problem(put(remote.http, signed_in(), PDF, note="taken"), 409)
    problem(put(remote.http, signed_in(), b"MZ\0\0"), 415)
    assert files.count_documents({}) == 1


def test_where_the_files_cannot_be_reached_the_answer_is_503(run_gateway, sample, keys, signed_in, files):
    away = run_gateway(WSIS_BLOBS_URI="s3://key:secret@127.0.0.1:9/files?secure=0")
    response = put(away.http, signed_in(), PDF)
    problem(response, 503, "suite.blobs_away")
    assert response.headers["retry-after"] == "5"


def test_the_documentation_says_what_a_route_takes(http):
    paths = http.get("/openapi.json").json()["paths"]
    content = paths["/v1/papers"]["post"]["requestBody"]["content"]
    assert set(content) == {"application/pdf", "text/csv", "multipart/form-data"}
    assert set(content["multipart/form-data"]["schema"]["properties"]) == {"file", "body"}
    assert {"200", "206", "304", "4XX"} <= set(paths["/v1/notes/{note}/paper"]["get"]["responses"])
