"""Files on their way out: whole, in part, or not at all where the client has them (RFC 9110)."""

import hashlib
import socket

import pytest
from wsis_shared.blobs import store

from wsis_gateway.downloads import byte_range
from wsis_gateway.problems import HttpError

CONTENT = b"".join(bytes([number % 251]) * 1009 for number in range(3000))  # 3 MB


@pytest.fixture(scope="module")
def blob(environment, sample):
    return store.of("sample").put([CONTENT], owner="ada", filename='Résumé "1".pdf', media_type="application/pdf")


@pytest.fixture
def path(blob):
    return f"/v1/notes/{blob.id}/paper"


def test_the_whole_file(http, path):
    response = http.get(path)
    assert response.content == CONTENT
    headers = response.headers
    assert headers["content-length"] == str(len(CONTENT))
    assert headers["etag"] == f'"{hashlib.sha256(CONTENT).hexdigest()}"'
    assert (headers["accept-ranges"], headers["content-type"]) == ("bytes", "application/pdf")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-cache"
    assert headers["cross-origin-resource-policy"] == "cross-origin"  # anybody's page may show it
    assert headers["content-disposition"] == (
        "attachment; filename=\"R_sum___1_.pdf\"; filename*=UTF-8''R%C3%A9sum%C3%A9%20%221%22.pdf"
    )


def test_head_tells_what_get_would(http, path):
    head, get = http.head(path), http.get(path)
    assert head.content == b""
    for name in ("content-length", "etag", "content-type", "content-disposition", "accept-ranges"):
        assert head.headers[name] == get.headers[name]


def test_who_has_the_file_gets_nothing(http, path):
    etag = http.get(path).headers["etag"]
    for match in (etag, f'"other", W/{etag}', "*"):
        response = http.get(path, headers={"If-None-Match": match})
        assert (response.status_code, response.content, response.headers["etag"]) == (304, b"", etag)
    assert http.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=5-", 5, None),
        ("bytes=-7", -7, None),
        ("bytes=261119-522241", 261119, 522242),
        ("bytes=1000-999999999", 1000, None),
        ("Bytes = 2-3", 2, 4),
        ("bytes=-999999999", 0, None),
    ],
)
def test_a_part(http, path, header, start, end):
    response = http.get(path, headers={"Range": header})
    assert response.status_code == 206
    expected = CONTENT[start:end]
    assert response.content == expected
    first = len(CONTENT) - 7 if start == -7 else start
    assert response.headers["content-range"] == f"bytes {first}-{first + len(expected) - 1}/{len(CONTENT)}"
    assert response.headers["content-length"] == str(len(expected))


@pytest.mark.parametrize("header", ["bytes=0-1,5-6", "lines=0-1", "bytes=9-3", "bytes=-", "bytes=a-b", ""])
def test_what_is_no_single_range_gets_the_whole(http, path, header):
    response = http.get(path, headers={"Range": header})
    assert (response.status_code, len(response.content)) == (200, len(CONTENT))


@pytest.mark.parametrize("header", ["bytes=3027000-", "bytes=99999999-99999999", "bytes=-0"])
def test_a_part_that_is_not_there(http, path, header):
    response = http.get(path, headers={"Range": header})
    assert (response.status_code, response.json()["code"]) == (416, "gateway.range_unsatisfiable")
    assert response.headers["content-range"] == f"bytes */{len(CONTENT)}"


def test_a_head_is_that_of_the_whole(http, path):
    """RFC 9110, section 14.2: Range is for GET."""
    response = http.head(path, headers={"Range": "bytes=0-4"})
    assert (response.status_code, response.headers["content-length"]) == (200, str(len(CONTENT)))


def test_a_download_goes_on_only_while_the_file_is_the_same(http, path):
    etag = http.head(path).headers["etag"]
    for condition, status in (
        (etag, 206),
        ('"other"', 200),
        (f"W/{etag}", 200),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 200),
    ):
        response = http.get(path, headers={"Range": "bytes=0-4", "If-Range": condition})
        assert response.status_code == status, condition


def test_an_empty_file(http, sample, environment):
    empty = store.of("sample").put([], owner="ada", filename="empty")
    response = http.get(f"/v1/notes/{empty.id}/paper")
    assert (response.status_code, response.content, response.headers["content-length"]) == (200, b"", "0")


def test_a_text_says_its_encoding(http, sample, environment):
    text = store.of("sample").put(["é".encode()], owner="ada", filename="a.csv", media_type="text/csv")
    response = http.get(f"/v1/notes/{text.id}/paper")
    assert (response.headers["content-type"], response.text) == ("text/csv; charset=utf-8", "é")


def test_the_handler_decides_who_reads(http, path, signed_in, blob):
    own = f"/v1/me/notes/{blob.id}/paper"
    assert http.get(own).status_code == 401
    response = http.get(own, headers=signed_in())
    assert response.content == CONTENT
    assert response.headers["cache-control"] == "no-store"
    assert http.get(path, headers=signed_in()).headers["cache-control"] == "no-store"  # may be more than others see
    assert response.headers["cross-origin-resource-policy"] == "same-origin"
    assert http.get("/v1/notes/none/paper").json()["code"] == "sample.note_unknown"
    assert http.get("/v1/notes/nothing/paper").json()["code"] == "suite.blob_unknown"
    # What was allowed before is asked about again, also where the client has the file.
    etag = response.headers["etag"]
    assert http.get("/v1/notes/none/paper", headers={"If-None-Match": etag}).status_code == 404


def test_a_client_that_leaves_midway_disturbs_nobody(gateway, path):
    with socket.create_connection(("127.0.0.1", gateway.port)) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert connection.recv(100)
    assert gateway.http.get(path).content == CONTENT
    assert "Traceback" not in gateway.log.read_text()


def test_connections_live_on_after_a_download(gateway, path):
    one = f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    last = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
    received = gateway.raw(one + last)
    assert received.count(b"HTTP/1.1 200") == 2
    assert received.count(CONTENT) == 2


@pytest.mark.parametrize(
    ("header", "part"),
    [("bytes=0-", (0, 10)), ("bytes=9-9", (9, 10)), ("bytes=3-50", (3, 10)), ("bytes=-3", (7, 10)), (None, None)],
)
def test_a_range_lies_within_the_file(header, part):
    assert byte_range(header, 10) == part
    if header is not None:
        with pytest.raises(HttpError, match="gateway.range_unsatisfiable"):
            byte_range(header, 0)
