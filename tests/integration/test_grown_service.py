"""A service with one of everything is added, used over HTTP and by mail, and removed: no other file changes."""

from __future__ import annotations

import io
import runpy
import smtplib
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest
from lxml import html
from tests.integration.guild_service import NAME, installed
from wsis_shared.keys import mailbox_secret
from wsis_shared.mailboxes import sign_address
from wsis_shared.plugin import discover
from wsis_shared.security import installed as installed_parts
from wsis_shared.security import pages
from wsis_testkit import actor, make_context, wait_for
from wsis_testkit.event_stream import EventClient
from wsis_testkit.tokens import TokenSigner

from wsis_gateway.web.session import ACCESS

ROOT = Path(__file__).parents[2]
DOMAIN = "mail.example.org"
PDF = b"%PDF-1.7\n" + b"x" * 5000 + b"\n%%EOF\n"


def changed_files() -> str:
    command = ["git", "status", "--porcelain", "-uall"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module", autouse=True)
def guild(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    before = changed_files()
    with installed(tmp_path_factory.mktemp("services")):
        assert discover(only=(NAME,)).rejected == {}
        yield
    assert changed_files() == before
    assert discover().get(NAME) is None


@pytest.fixture(scope="module")
def token(fake_service: Any) -> str:
    """Of a steward, a role of the new service; its key is published as accounts does it."""
    signer = TokenSigner()
    fake_service("accounts", jwks=signer.jwks)
    return signer.token("steward")


@pytest.fixture(scope="module")
def http(token: str, serve: Any, open_gateway: Any) -> httpx.Client:
    """The new service and the real gateway, in processes of their own; signed in as a steward."""
    serve(NAME, wait=False)
    headers = {"Authorization": f"Bearer {token}"}
    return open_gateway(NAME, headers)


def test_all_that_reviewers_of_security_ask_is_in_its_folder() -> None:
    suite = installed_parts(discover())
    assert list(pages.problems(suite.part(NAME), suite)) == []
    assert "| `POST /v1/shelves/{shelf}/papers` | 1000000 |" in pages.write(suite.part(NAME), suite)


def file_paper(http: httpx.Client, shelf: str, name: str = "a.pdf") -> dict[str, Any]:
    disposition = f'attachment; filename="{name}"'.encode()
    headers = {b"Content-Disposition": disposition, b"Content-Type": b"application/pdf"}
    filed = http.post(f"/v1/shelves/{shelf}/papers", content=PDF, headers=headers)
    assert filed.status_code == 201, filed.text
    return dict(filed.json())


def test_a_file_goes_up_and_comes_down(http: httpx.Client) -> None:
    paper = file_paper(http, "files", "Résumé.pdf")
    down = http.get(f"/v1/papers/{paper['id']}", headers={"Range": "bytes=0-8"})
    assert (down.status_code, down.content) == (206, PDF[:9])
    assert down.headers["content-disposition"].startswith("attachment")
    assert "R%C3%A9sum%C3%A9.pdf" in down.headers["content-disposition"]
    refused = http.post("/v1/shelves/files/papers", content=b"\x89PNG\r\n\x1a\n" + b"x" * 100)
    assert refused.status_code == 415
    anonymous = httpx.get(str(http.base_url.join(f"/v1/papers/{paper['id']}")))
    assert anonymous.status_code == 401


def test_a_list_leaves_as_a_spreadsheet(http: httpx.Client) -> None:
    for number in range(3):
        file_paper(http, "list", f"{number}.pdf")
    page = http.get("/v1/shelves/list/papers", params={"limit": 2}).json()
    rest = http.get("/v1/shelves/list/papers", params={"limit": 2, "after": page["next"]}).json()
    assert [row["number"] for row in (*page["items"], *rest["items"])] == [0, 1, 2]
    exported = http.get("/v1/shelves/list/papers", params={"format": "xlsx"})
    assert exported.status_code == 200, exported.text
    rows = list(openpyxl.load_workbook(io.BytesIO(exported.content)).active.values)
    assert rows[0] == ("id", "number", "filename", "checked")
    assert [row[2] for row in rows[1:]] == ["0.pdf", "1.pdf", "2.pdf"]


def test_a_job_is_followed_to_its_result(http: httpx.Client) -> None:
    for _ in range(5):
        file_paper(http, "job")
    started = http.post("/v1/shelves/job/weight", json={})
    assert started.status_code == 202, started.text
    where = started.headers["location"]
    job = wait_for(lambda: _ended(http.get(where).json()), 30, "the job to end")
    assert (job["state"], job["result"], job["progress"]["done"]) == ("succeeded", {"bytes": 5 * len(PDF)}, 5)


def _ended(job: dict[str, Any]) -> dict[str, Any] | None:
    return job if job["state"] in ("succeeded", "failed", "cancelled") else None


def test_a_worker_does_what_waits(http: httpx.Client) -> None:
    file_paper(http, "checks")
    wait_for(lambda: http.get("/v1/shelves/checks/papers").json()["items"][0]["checked"], 20, "the worker")


def test_a_stream_shows_each_change_and_a_handler_hears_version_2_once(http: httpx.Client, token: str) -> None:
    client = EventClient(str(http.base_url.join("/v1/shelves/live")), {"Authorization": f"Bearer {token}"})
    try:
        assert client.status == 200
        wait_for(lambda: client.data, 20, "the first state")
        file_paper(http, "live")
        wait_for(lambda: client.data[-1]["papers"] == 1, 20, "the paper on the stream")
    finally:
        client.close()
    assert client.data[0]["papers"] == 0
    wait_for(lambda: http.get("/v1/shelves/live").json()["noted"] == 1, 20, "the handler of version 2")
    file_paper(http, "live")
    # The first event is handled once and for all: two papers, two notes, though each paper has events of two versions.
    wait_for(lambda: http.get("/v1/shelves/live").json()["noted"] == 2, 20, "the second note")


def test_its_pages_panels_and_queue_stand_among_those_of_the_suite(http: httpx.Client, token: str) -> None:
    """In the visitor's language, as far as the visitor may read: what it declares, and what the scaffold brought."""
    file_paper(http, "shown", "Résumé.pdf")
    visitor = {"Cookie": f"{ACCESS}={token}"}
    shelf = page(http, "/fr/shelves/shown", visitor)
    assert (shelf.xpath("string(//h1)"), "Résumé.pdf" in shelf.xpath("string(//main)")) == ("Étagère", True)
    [post] = page(http, "/en/me", visitor).xpath("//section[@aria-labelledby='post']")
    assert "0 letters" in post.text_content()
    assert post.xpath(".//a/@href") == ["/en/shelves/post"]
    [queue] = page(http, "/fr/desk", visitor).xpath("//section[h2='Guilde']//li")
    assert "Documents à lire" in queue.text_content()
    [oldest] = queue.xpath(".//a/@href")
    assert oldest.startswith("/fr/shelves/")
    front = page(http, "/ar/")
    assert "القيود" in front.xpath("//header//a[@href='/ar/guild']/text()")
    assert front.xpath("//section[@aria-labelledby='guild']") == []
    entry = http.post("/v1/guild", json={"title": "Radio for every school"}).json()["id"]
    wait_for(lambda: page(http, "/ar/").xpath(f"//section//a[@href='/ar/guild/{entry}']"), 20, "the entry in the panel")
    assert page(http, f"/ar/guild/{entry}").xpath("string(//h1)") == "Radio for every school"


def page(http: httpx.Client, address: str, visitor: Mapping[str, str] | None = None) -> Any:
    """The elements of a page, as a browser gets it."""
    shown = httpx.get(http.base_url.join(address), headers=visitor or {})
    assert shown.status_code == 200, shown.text
    return html.fromstring(shown.text)


def test_a_mail_reaches_the_mailbox_and_a_forged_address_does_not(http: httpx.Client, start_process: Any) -> None:
    listener = start_process("notifications", "inbound", WSIS_MAIL_DOMAIN=DOMAIN)
    address = sign_address("g", b"post", secret=mailbox_secret(), domain=DOMAIN)
    kind, payload, mac = address.partition("@")[0].split(".")
    forged = f"{kind}.{payload}.{mac[::-1]}@{DOMAIN}"
    with smtplib.SMTP("127.0.0.1", listener.ports["smtp"]) as relay:
        mail = "Subject: A letter\n\nGreetings from Accra"
        for _ in range(2):  # a relay that did not read our 250 sends it again
            assert relay.sendmail("ada@example.org", [address], mail) == {}
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            relay.sendmail("ada@example.org", [forged], mail)
    assert refused.value.recipients[forged][0] == 550
    wait_for(lambda: http.get("/v1/shelves/post").json()["letters"] == ["Greetings from Accra"], 20, "the letter")


def test_a_composed_client_calls_a_service_and_has_the_right_to(http: httpx.Client, amqp_client: Any) -> None:
    file_paper(http, "asked")
    answer = amqp_client.request(NAME, "ask_for_shelf", {"shelf": "asked"}, make_context(actor()), timeout=10)
    assert answer["papers"] == 1
    found = discover()
    definitions = runpy.run_path(str(ROOT / "deploy/rabbitmq/definitions.py"))
    assert "guild.read_shelf" in definitions["needs"](found.get(NAME), found).calls


def test_a_process_starts_and_stops(http: httpx.Client, start_process: Any, database: Any) -> None:
    watch = start_process(NAME, "watch")
    wait_for(lambda: database(NAME)["starts"].find_one({"what": "watch"}), 20, "the process")
    assert watch.stop() == 0
