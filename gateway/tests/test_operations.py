"""Health, metrics, logs, documentation, failures of the broker."""

import json
import subprocess
import sys

import httpx
import pytest
import wsis_testkit
from kombu import Connection
from wsis_shared.amqp import topology
from wsis_shared.plugin import discover
from wsis_testkit import wait_for


def test_ready_names_services_and_plugins(probes):
    state = wait_for(lambda: (response := probes.get("/readyz")).status_code == 200 and response.json())
    assert state["broker"] == "connected"
    assert state["services"]["sample"]["ready"] is True
    assert state["services"]["sample"]["store_ms"] >= 0
    assert state["plugins"]["accepted"] == ["sample"]
    assert "conflict" in state["plugins"]["rejected"]["unfit"]


def test_an_unavailable_service_makes_the_gateway_unready(run_gateway, environment):
    from wsis_local.broker import Broker

    node = Broker(environment["WSIS_AMQP_URI"], environment["WSIS_AMQP_MANAGEMENT_URI"])
    alone = run_gateway(WSIS_AMQP_URI=node.make_vhost("nobody"))
    try:
        ready = alone.probes.get("/readyz")
        assert ready.status_code == 503
        assert ready.json()["services"]["sample"]["ready"] is False
        assert alone.probes.get("/readyz/broker").status_code == 200
        assert alone.http.get("/healthz").status_code == 200
        assert alone.http.get("/v1/notes/n1").json()["code"] == "suite.service_away"
    finally:
        node.drop_vhost("nobody")


@pytest.mark.parametrize("definitions", ["its own", "today's"])
def test_a_service_of_a_former_release_that_responds_is_ready(run_gateway, environment, definitions):
    """It says nothing of `ready`, and reads no probes, also where the broker has a queue for them."""
    from wsis_local.broker import Broker

    node = Broker(environment["WSIS_AMQP_URI"], environment["WSIS_AMQP_MANAGEMENT_URI"])
    uri = node.make_vhost("former")
    if definitions == "today's":
        with Connection(uri) as connection:
            topology.probe_queue("sample")(connection).declare()
    former = wsis_testkit.fake_service(uri, "sample", {"health": lambda: {"service": "sample"}})
    try:
        probes = run_gateway(WSIS_AMQP_URI=uri).probes
        state = wait_for(lambda: (ready := probes.get("/readyz")).status_code == 200 and ready.json())
        assert state["services"]["sample"] == {"ready": True, "service": "sample", "responds": True}
    finally:
        former.stop()
        node.drop_vhost("former")


def test_the_gateway_reconnects_to_the_broker(run_gateway, environment, sample):
    """The broker closes the connection: reads continue, and the gateway needs no restart."""
    from wsis_local.broker import Broker

    node = Broker(environment["WSIS_AMQP_URI"], environment["WSIS_AMQP_MANAGEMENT_URI"])
    lone = run_gateway()
    assert lone.http.get("/v1/notes/n1").status_code == 200
    for _ in range(3):
        closed = wait_for(lambda: close_connections(node, "wsis gateway"), 20, "a connection to close")
        assert closed
        # The gateway retries a read whose connection was lost.
        assert lone.http.get("/v1/notes/n1").status_code == 200


def close_connections(node, name):
    """Have the broker close the connections of that name in our virtual host; returns how many. Its list is some
    seconds old: those that it still names after their end are not counted."""
    import base64
    import urllib.error
    import urllib.parse
    import urllib.request

    parts = urllib.parse.urlsplit(node.management_uri)
    secret = base64.b64encode(f"{parts.username}:{parts.password}".encode()).decode()
    ours = urllib.parse.urlsplit(node.amqp_uri).path.removeprefix("/")
    root = f"{parts.scheme}://{parts.hostname}:{parts.port}/api"

    def ask(path, method="GET"):
        request = urllib.request.Request(root + path, method=method, headers={"Authorization": f"Basic {secret}"})
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.read()

    found = json.loads(ask(f"/vhosts/{ours}/connections"))
    named = [one["name"] for one in found if one.get("client_properties", {}).get("connection_name") == name]
    closed = 0
    for one in named:
        try:
            ask("/connections/" + urllib.parse.quote(one, safe=""), "DELETE")
            closed += 1
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
    return closed


def test_metrics_contain_routes_and_no_paths(http, probes):
    http.get("/v1/notes/n1")
    http.get("/v1/somewhere/private")
    metrics = probes.get("/metrics").text
    assert 'wsis_http_requests_total{method="GET",route="/v1/notes/{note}",status="200"}' in metrics
    assert 'route="unknown",status="404"' in metrics
    assert "private" not in metrics


def test_workers_share_metrics(run_gateway, sample):
    two = run_gateway(real=True, WSIS_GATEWAY_WORKERS="2")  # prometheus_client asks on import for the folder
    for _ in range(30):
        with httpx.Client(base_url=two.uri) as fresh:
            assert fresh.get("/v1/notes/n1").status_code == 200
    line = 'wsis_http_requests_total{method="GET",route="/v1/notes/{note}",status="200"} 30.0'
    assert wait_for(lambda: line in two.probes.get("/metrics").text, 5)


CANARIES = ("ada@canary.example", "+41790000001", "canary-token", "198.51.100.77", "canaryquery", "canarybody")


def test_the_access_log_contains_no_personal_data(gateway, http):
    mail, phone, token, address, query, body = CANARIES
    http.get(
        f"/v1/notes?country={query}&after={mail}", headers={"X-Forwarded-For": address, "X-Request-ID": "logged-0001"}
    )
    http.get(f"/v1/notes/{mail}", headers={"Authorization": f"Bearer {token}", "User-Agent": f"x {mail}"})
    http.put(
        "/v1/notes/n1",
        content=f'{{"title": "{body}", "{mail}": "{phone}"',
        headers={"Content-Type": "application/json"},
    )
    http.put("/v1/notes/n1", json={"title": body, "unknown": phone})
    gateway.raw(f"GET /{mail} HTTP/1.1\r\nX Bad{token}: {mail}\r\n\r\n".encode(), seconds=1)
    gateway.raw(f"GET /?{query} HTTP/1.1\r\nHost: x\r\nA: {mail}{'a' * 20000}\r\n\r\n".encode(), seconds=1)
    lines = wait_for(lambda: (text := gateway.log.read_text()).count("logged-0001") and text)
    assert [canary for canary in CANARIES if canary in lines] == []
    assert "127.0.0.1" not in "".join(line for line in lines.splitlines() if "Listening at" not in line)
    line = next(json.loads(line) for line in lines.splitlines() if "logged-0001" in line)
    assert (line["method"], line["route"], line["status"]) == ("GET", "/v1/notes", 422)
    assert line["ms"] > 0
    assert len(line["trace_id"]) == 32


def test_cors_allows_the_configured_origins_alone(run_gateway, http, sample):
    preflight_headers = {
        "Origin": "https://prizes.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, idempotency-key",
    }
    assert "access-control-allow-origin" not in http.options("/v1/notes", headers=preflight_headers).headers
    open_ = run_gateway(WSIS_GATEWAY_ORIGINS="https://prizes.example", WSIS_GATEWAY_HSTS="0").http
    preflight = open_.options("/v1/notes", headers=preflight_headers)
    assert preflight.headers["access-control-allow-origin"] == "https://prizes.example"
    assert "POST" in preflight.headers["access-control-allow-methods"]
    for path in ("/v1/echo", "/v1/count", "/v1/count", "/v1/unknown"):
        response = open_.get(path, headers={"Origin": "https://prizes.example"})
        assert response.headers["access-control-allow-origin"] == "https://prizes.example"
        assert "Origin" in response.headers["vary"]
        assert "strict-transport-security" not in response.headers
    other = open_.get("/v1/echo", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in other.headers


# -- documentation ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def document(http):
    return http.get("/openapi.json").json()


def test_the_document_lists_every_route(document):
    plugin = discover(only=("sample",)).get("sample")
    described = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    common = ("/v1/jobs", "/v1/reference", "/v1/dead-letters")
    own = {(method, path) for method, path in described if path.startswith(common)}
    assert {("GET", "/v1/reference"), ("GET", "/v1/jobs")} < own
    assert described - own == {(route.method, route.path) for route in plugin.routes}
    names = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]
    assert len(set(names)) == len(names)


def test_the_document_is_valid(document):
    # As in the contract tests: it resolves references and checks the schemas.
    import schemathesis

    schema = schemathesis.openapi.from_dict(document)
    schema.validate()
    assert len(list(schema.get_all_operations())) == sum(len(item) for item in document["paths"].values())


def test_the_document_describes_custom_fields(document):
    note = document["components"]["schemas"]["NewNote"]
    assert note["properties"]["title"] | {} == {
        "type": "string",
        "minLength": 1,
        "maxLength": 80,
        "examples": ["Digital inclusion"],
    }
    assert note["properties"]["at"]["format"] == "date-time"
    assert note["required"] == ["title"]
    choice = document["components"]["schemas"]["Vote"]["properties"]["choice"]
    assert choice["pattern"] == "^[A-Za-z0-9._-]{1,64}$"


def test_the_document_describes_security_and_errors(document):
    assert document["security"] == [{"bearer": []}]
    make = document["paths"]["/v1/notes"]["post"]
    assert "security" not in make
    assert document["paths"]["/v1/echo"]["get"]["security"] == [{}, {"bearer": []}]
    assert document["paths"]["/v1/count"]["get"]["security"] == []
    assert "`sample.title_taken`" in make["description"]
    assert "`sample:write` (roles: member, officer)" in make["description"]
    assert make["x-error-codes"] == ["sample.title_taken"]
    assert set(make["responses"]) == {"201", "4XX", "503"}
    assert make["responses"]["4XX"] == {"$ref": "#/components/responses/Rejected"}
    assert document["components"]["responses"]["Rejected"]["content"].keys() == {"application/problem+json"}
    vote = document["paths"]["/v1/notes/{note}/votes"]["post"]
    assert {"200", "201", "202"} <= set(vote["responses"])
    assert {"$ref": "#/components/parameters/IdempotencyKey"} in vote["parameters"]
    assert "304" in document["paths"]["/v1/count"]["get"]["responses"]


def test_the_command_prints_the_same_document(document, sample_installed):
    printed = subprocess.run(
        [sys.executable, "-c", "import sys; sys.argv = ['wsis', 'openapi']; from wsis_shared.cli import main; main()"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(printed.stdout)["paths"]["/v1/notes"] == document["paths"]["/v1/notes"]


def test_the_documentation_page_has_no_external_assets(http):
    page = http.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "http://" not in page.text
    assert "https://" not in page.text
    for asset in ("/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js", "/docs/viewer.js", "/docs/page.css"):
        assert asset in page.text
        assert http.get(asset).status_code == 200
