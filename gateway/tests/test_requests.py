"""What a service receives and what a client gets."""

import json
import re

import pytest

HEX = re.compile(r"[0-9a-f]{32}")


# -- context ----------------------------------------------------------------------------------------------------------


def test_a_service_receives_actor_language_and_deadline(http, signed_in):
    response = http.get("/v1/me/echo", headers=signed_in("officer", **{"Accept-Language": "fr-CH, en;q=0.5"})).json()
    assert (response["actor"], response["roles"], response["locale"]) == ("ada", ["member", "officer"], "fr")
    assert 8 < response["patience"] <= 10


@pytest.mark.parametrize(
    ("accepted", "locale"),
    [
        ("", "en"),
        ("ar", "ar"),
        ("zh-Hans-CN", "zh"),
        ("de, ru;q=0.4, es;q=0.9", "es"),
        ("pt-BR;q=0, fr;q=0.1", "fr"),
        ("*", "en"),
        ("xx;q=nonsense, ru", "ru"),
        ("de", "en"),
    ],
)
def test_the_language_is_negotiated_among_the_seven(http, accepted, locale):
    assert http.get("/v1/echo", headers={"Accept-Language": accepted}).json()["locale"] == locale


def test_a_valid_request_id_of_the_client_is_used(http):
    response = http.get("/v1/echo", headers={"X-Request-ID": "client-1234"})
    assert response.headers["x-request-id"] == response.json()["request_id"] == "client-1234"


@pytest.mark.parametrize("invalid", ["short", "x" * 65, "with space 1", "a@b.example", 'quote"12345', "{{7*7}}12"])
def test_an_invalid_request_id_is_replaced(http, invalid):
    assert HEX.fullmatch(http.get("/v1/echo", headers={"X-Request-ID": invalid}).headers["x-request-id"])


def test_a_trace_continues_with_a_new_span(http):
    trace = "0af7651916cd43dd8448eb211c80319c"
    seen = http.get("/v1/echo", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"}).json()["trace"]
    assert seen.split("-")[1] == trace
    assert seen.split("-")[2] != "b7ad6b7169203331"


def test_an_idempotency_key_reaches_the_service(http, signed_in):
    assert http.post("/v1/me/echo", headers=signed_in(**{"Idempotency-Key": "k-1"})).json()["idempotency_key"] == "k-1"


@pytest.mark.parametrize("key", ["", "x" * 256, "with space", "tab\there", "é"])
def test_an_invalid_idempotency_key_is_rejected(http, signed_in, key):
    response = http.post("/v1/me/echo", headers={**signed_in(), "Idempotency-Key": key.encode("latin-1")})
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "Idempotency-Key"


def test_a_repeat_with_the_same_key_has_one_effect(http, signed_in):
    headers = signed_in(**{"Idempotency-Key": "make-1"})
    first, second = (http.post("/v1/notes", json={"title": "One"}, headers=headers).json() for _ in range(2))
    assert first["id"] == second["id"]


# -- responses --------------------------------------------------------------------------------------------------------


def test_created_resources_have_a_location(http, signed_in):
    response = http.post("/v1/notes", json={"title": "One"}, headers=signed_in())
    assert response.status_code == 201
    assert response.headers["location"] == f"/v1/notes/{response.json()['id']}"


def test_undeclared_fields_are_removed(http):
    assert "undeclared" not in http.get("/v1/echo").json()
    assert http.get("/v1/notes").json() == {"items": [{"id": "n1", "title": "One"}], "next": None}


def test_204_has_no_body(http, signed_in):
    response = http.delete("/v1/notes/n1", headers=signed_in())
    assert (response.status_code, response.content) == (204, b"")


def test_a_file_is_an_attachment(http):
    response = http.get("/v1/notes/n1/drawing")
    assert response.text == "<svg><text>n1 é</text></svg>"
    assert response.headers["content-type"] == "image/svg+xml; charset=utf-8"
    assert response.headers["x-content-type-options"] == "nosniff"
    disposition = response.headers["content-disposition"]
    assert disposition.startswith('attachment; filename="R_sum_')
    assert "filename*=UTF-8''R%C3%A9sum%C3%A9%20%221%22.svg" in disposition


def test_head_responds_as_get_without_a_body(http):
    head, get = http.head("/v1/notes/n1"), http.get("/v1/notes/n1")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]


def test_options_and_405_list_the_allowed_methods(http):
    allowed = {"GET", "HEAD", "PUT", "DELETE"}
    options = http.options("/v1/notes/n1")
    assert options.status_code < 300
    wrong = http.post("/v1/notes/n1", json={})
    assert wrong.status_code == 405
    assert wrong.json()["code"] == "gateway.method_not_allowed"
    for response in (options, wrong):
        assert allowed <= {method.strip() for method in response.headers["allow"].split(",")}


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "FOO", "PROPFIND"])
def test_other_methods_are_rejected(http, method):
    assert 400 <= http.request(method, "/v1/notes/n1").status_code < 500


@pytest.mark.parametrize(
    "path",
    [
        "/v1/unknown",
        "/v1",
        "/V1/notes",
        "/v1/notes/",
        "/v1//notes",
        "/v1/notes/a%20b",
        "/v1/notes/a$b",
        "/v1/notes/%00",
        "/v1/notes/" + "x" * 65,
        "/v1/notes/%ff",
        "/v1/notes/a%2fb",
        "/v1/notes/..%2f..%2fetc",
        "/docs/../../etc/passwd",
    ],
)
def test_an_unknown_path_is_a_problem(gateway, path):
    received = gateway.raw(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 404")
    assert json.loads(body)["code"] == "gateway.not_found"


def test_every_response_has_the_security_headers(http, probes, signed_in):
    for response in (
        http.get("/v1/echo"),
        http.get("/v1/count"),
        http.get("/nowhere"),
        http.get("/v1/boom"),
        http.get("/docs"),
        http.get("/openapi.json"),
        http.post("/v1/notes", content=b"{"),
        http.options("/v1/notes"),
        probes.get("/readyz"),
        probes.get("/nowhere"),
    ):
        assert response.headers["x-content-type-options"] == "nosniff"
        for directive in ("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
            assert directive in response.headers["content-security-policy"]
        assert "unsafe-eval" not in response.headers["content-security-policy"]
        assert response.headers["referrer-policy"] == "no-referrer"
        assert response.headers["cache-control"]
        assert response.headers["x-request-id"]
        assert response.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    assert http.get("/v1/echo").headers["cache-control"] == "no-store"


def test_every_page_has_a_policy_that_lists_what_it_loads(http):
    """Objects come under default-src. Scripts are files of our own, or there are none."""
    pages = {}
    for path in (
        "/en/",
        "/docs/start",
        "/docs",
        "/problems/gateway.not_found",
        "/nowhere",
        *http.get("/openapi.json").json()["paths"],
    ):
        response = http.get(re.sub(r"{\w+}", "n1", path), headers={"Accept": "text/html"})
        if response.headers["content-type"].startswith("text/html"):
            pages[path] = response.headers["content-security-policy"]
    ours = {"/en/", "/docs/start", "/docs", "/nowhere"}
    assert ours | {"/v1/echo", "/v1/notes/{note}/page", "/v1/notes/{note}/options"} <= set(pages)
    for path, policy in pages.items():
        directives = dict(directive.strip().partition(" ")[::2] for directive in policy.split(";"))
        for name in ("default-src", "base-uri", "frame-ancestors"):
            assert directives[name] == "'none'", path
        assert directives.get("script-src", "'none'") in ("'none'", "'self'"), path
        assert directives["form-action"] in ("'none'", "'self'"), path


# -- problems ---------------------------------------------------------------------------------------------------------


def test_an_error_is_a_problem_in_the_language_of_the_client(http, signed_in):
    response = http.post("/v1/notes", json={"title": "taken"}, headers=signed_in(**{"Accept-Language": "ar"}))
    problem = response.json()
    assert response.status_code == problem["status"] == 409
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["content-language"] == "ar"
    assert problem["title"] == "توجد بالفعل ملاحظة بعنوان taken"
    assert problem["type"] == "/problems/sample.title_taken"
    assert problem["detail"] == "A note with that title exists."
    assert problem["request_id"] == response.headers["x-request-id"]


def test_titles_of_the_gateway_are_translated(http):
    titles = {
        locale: http.get("/v1/me/echo", headers={"Accept-Language": locale}).json()["title"]
        for locale in ("en", "fr", "pt", "es", "zh", "ar", "ru")
    }
    assert titles["ar"] == "يرجى تسجيل الدخول"
    assert titles["zh"] == "请先登录"
    assert len(set(titles.values())) == 7


def test_errors_name_fields_by_path(http, signed_in):
    body = {"title": "", "country": "XX", "targets": [{"target": "8.10"}, {"target": "99.1"}], "role": "officer"}
    response = http.post("/v1/notes", json=body, headers=signed_in())
    assert response.status_code == 422
    assert {error["field"] for error in response.json()["errors"]} == {"title", "country", "targets.1.target", "role"}


def test_an_internal_error_reveals_nothing(http, gateway):
    for path in ("/v1/boom", "/v1/secret"):
        response = http.get(path)
        assert response.status_code == 500
        assert response.json()["code"] == "suite.internal_error"
        assert "secret" not in response.text
    assert "user:secret" not in gateway.log.read_text()


def test_a_timeout_gets_503(http):
    response = http.get("/v1/sleep")
    assert response.status_code == 503
    assert response.json()["code"] == "suite.no_answer_in_time"
    assert int(response.headers["retry-after"]) >= 1


def test_problem_types_have_pages(http):
    as_data = http.get("/problems/sample.title_taken").json()
    assert as_data["titles"]["es"].startswith("Ya existe")
    assert as_data["operations"] == ["POST /v1/notes"]
    page = http.get("/problems/sample.title_taken", headers={"Accept": "text/html,*/*;q=0.8"})
    assert page.headers["content-type"].startswith("text/html")
    assert '<p lang="ar" dir="rtl">' in page.text
    assert '<link rel="stylesheet" href="/docs/page.css">' in page.text
    assert http.get("/problems/no.such_code").status_code == 404
    assert http.get("/problems/%3Cscript%3E").status_code == 404


# -- queries ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=101", "limit"),
        ("limit=1e9", "limit"),
        ("limit=-1", "limit"),
        ("limit=NaN", "limit"),
        ("limit=", "limit"),
        ("country=NO&country=SE", "country"),
        ("country[$ne]=1", "country[$ne]"),
        ("unknown=1", "unknown"),
        ("country=xx", "country"),
        ("after=%00", "after"),
        ("$where=1", "$where"),
        ("limit=5&limit=5", "limit"),
    ],
)
def test_the_error_names_an_invalid_parameter(http, query, field):
    response = http.get(f"/v1/notes?{query}")
    assert response.status_code == 422
    assert field in [error["field"] for error in response.json()["errors"]]


@pytest.mark.parametrize("query", ["after=%ff", "&".join(f"a{number}=1" for number in range(60)), "%", "=", "&&&="])
def test_a_malformed_query_is_rejected(http, query):
    assert http.get(f"/v1/notes/n1?{query}").status_code == 422


def test_commas_separate_the_items_of_a_list(http):
    assert http.get("/v1/echo?kinds=a,b&limit=7").json()["query"] == {
        "kinds": ["a", "b"],
        "limit": 7,
        "after": None,
        "country": None,
    }


# -- encodings --------------------------------------------------------------------------------------------------------


def test_a_value_is_decoded_once(http, gateway):
    assert http.get("/v1/echo?kinds=%2541,%252C%2526").json()["query"]["kinds"] == ["%41", "%2C%26"]
    title = r"\u0041 %41 &lt;b&gt; =?utf-8?q?a?= +"
    assert http.put("/v1/notes/n1", json={"title": title}).json()["title"] == title
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert http.post("/v1/notes/n1/options", content=b"topics=%2541", headers=form).json()["topics"] == ["%41"]
    for path, status in (("/v1/notes/%6e1", b"200"), ("/v1/notes/%256e1", b"404"), ("/v1/notes/n1%252fpage", b"404")):
        received = gateway.raw(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        assert received.split()[1] == status, path
