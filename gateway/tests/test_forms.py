"""HTML forms, where a route says so: their bodies, and the pages that may send them."""

import socket

import pytest
from wsis_shared.plugin import PUBLIC, Route

from wsis_gateway import routing

OPTIONS = "/v1/notes/n1/options"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MULTIPART = {"Content-Type": "multipart/form-data; boundary=xx"}


def part(name, text, more=""):
    return f'--xx\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{text}\r\n'


@pytest.mark.parametrize(
    "given",
    [
        {"data": {"One-Click": "oui é", "topics": ["a", "b"]}},
        {"json": {"One-Click": "oui é", "topics": ["a", "b"]}},
        {
            "content": part("One-Click", "oui é") + part("topics", "a") + part("topics", "b") + "--xx--\r\n",
            "headers": MULTIPART,
        },
    ],
)
def test_a_form_is_read_like_json(http, given):
    response = http.post(OPTIONS, **given)
    assert response.status_code == 200, response.text
    assert response.json() == {"topics": ["a", "b"], "click": "oui é"}
    assert response.headers["content-type"] == "text/html; charset=utf-8"


def test_a_route_takes_the_forms_that_its_document_names(http):
    def documented(path, method):
        return list(http.get("/openapi.json").json()["paths"][path][method]["requestBody"]["content"])

    bodies = {
        "application/json": '{"topics": ["a"]}',
        FORM["Content-Type"]: "topics=a",
        MULTIPART["Content-Type"]: part("topics", "a") + "--xx--\r\n",
        "text/plain": "topics=a",
    }
    accepted = [
        media_type.partition(";")[0]
        for media_type, content in bodies.items()
        if http.post(OPTIONS, content=content, headers={"Content-Type": media_type}).is_success
    ]
    assert documented("/v1/notes/{note}/options", "post") == accepted
    assert documented("/v1/notes/{note}", "put") == ["application/json"]


def test_half_a_form_has_no_effect(gateway):
    """A connection that is lost looks like the end of the body, and what came of it like a whole form."""
    line = f"POST {OPTIONS} HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM['Content-Type']}\r\n"
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=15) as connection:
        connection.sendall(f"{line}Content-Length: 40\r\n\r\ntopics=a&topics=b".encode())
        connection.shutdown(socket.SHUT_WR)
        received = connection.recv(65536)
    assert received.startswith(b"HTTP/1.1 400 ")
    assert b"gateway.request_malformed" in received


def test_an_empty_field_is_not_given(http):
    assert http.post(OPTIONS, data={"One-Click": "", "topics": ["a"]}).json() == {"topics": ["a"], "click": None}
    assert http.post(OPTIONS, content=b"", headers=FORM).json() == {"topics": [], "click": None}


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (b"One-Click=%ff", FORM),
        ("One-Click=é".encode(), FORM),
        (b"&".join([b"topics=a"] * 4001), FORM),
        ((part("topics", "a") * 501 + "--xx--\r\n").encode(), MULTIPART),
        (b"no form", MULTIPART),
        (part("topics", "a").encode(), MULTIPART),
        (b"\xff", FORM),
        ((part("topics", "a", '; filename="a.txt"') + "--xx--\r\n").encode(), MULTIPART),
        (part("topics", "a").encode(), {"Content-Type": "multipart/form-data"}),
    ],
)
def test_what_is_no_form_of_texts_is_refused(http, content, headers):
    response = http.post(OPTIONS, content=content, headers=headers)
    assert (response.status_code, response.json()["code"]) == (400, "gateway.body_malformed"), response.text


@pytest.mark.parametrize(("content", "field"), [(b"other=a", "other"), (b"One-Click=a%00b", "One-Click")])
def test_fields_are_checked(http, content, field):
    response = http.post(OPTIONS, content=content, headers=FORM)
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]


def test_limits_hold_for_forms(http):
    assert http.post(OPTIONS, content=b"topics=" + b"a" * 2_000_000, headers=FORM).status_code == 413
    assert http.put("/v1/notes/n1", content=b"title=a", headers=FORM).status_code == 415  # no route for forms


def test_only_a_page_that_says_so_may_send_forms(http):
    policy = http.get(OPTIONS).headers["content-security-policy"]
    assert "form-action 'self'" in policy
    assert "sandbox allow-forms allow-popups" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    other = http.get("/v1/notes/n1/page").headers["content-security-policy"]
    assert "form-action 'none'" in other
    assert "allow-forms" not in other


def test_a_form_has_a_body_or_a_page():
    route = Route("GET", "/v1/x", "x", "X", permission=PUBLIC, form=True)
    with pytest.raises(ValueError, match="form"):
        routing._plugin_operation(routing.Plugin("sample", "S", "s:S", routes=(route,)), route, ("read",))
