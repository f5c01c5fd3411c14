"""Alerts as shipped, from a figure to the people who are told: Prometheus with its configuration and rules, and
Alertmanager with what deploy/prometheus/alertmanager.py writes. Only names of hosts and waiting times are others."""

from __future__ import annotations

import base64
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from wsis_local.ports import listens
from wsis_testkit import wait_for
from wsis_testkit.process import free_port

PROMETHEUS = Path("deploy/prometheus")
ALERTMANAGER = shutil.which("prometheus-alertmanager")
pytestmark = pytest.mark.skipif(
    not (ALERTMANAGER and shutil.which("prometheus")), reason="Debian's packages prometheus and prometheus-alertmanager"
)
WAITS = {"group_wait": "1s", "group_interval": "1s", "repeat_interval": "1s"}


class Part(ThreadingHTTPServer):
    """A part of the suite with figures, and the receiver of webhooks: `told` has what they said."""

    daemon_threads = True

    def __init__(self) -> None:
        self.figures, self.told = "", deque[dict[str, Any]]()
        super().__init__(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Part

    def do_GET(self) -> None:
        self._answer(self.server.figures.encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append({"path": self.path, **json.loads(body)})
        self._answer(b"")

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def part() -> Iterator[Part]:
    server = Part()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def on_call() -> str:
    return f"{uuid.uuid4().hex[:8]}@duty.example"


@pytest.fixture(scope="module", autouse=True)
def watching(
    part: Part, on_call: str, infrastructure: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of Alertmanager."""
    folder = tmp_path_factory.mktemp("alerts")
    hook = f"http://{part.host}"
    settings = {
        "WSIS_ALERTS_PAGE": f"{on_call}, {hook}/page",
        "WSIS_ALERTS_TICKET": f"{hook}/ticket",
        "WSIS_ALERTS_HEARTBEAT": f"{hook}/heartbeat",
        "WSIS_SMTP_URI": infrastructure["WSIS_SMTP_URI"],
        "WSIS_MAIL_FROM": "WSIS Process <no-reply@wsis.example>",
    }
    manager = configuration(settings)
    manager["route"] |= WAITS
    for route in manager["route"]["routes"]:
        route |= WAITS
    (folder / "alertmanager.yml").write_text(json.dumps(manager), "utf-8")
    port = free_port()
    prometheus = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text("utf-8"))
    prometheus["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    prometheus["rule_files"] = [str((PROMETHEUS / "rules.yml").absolute())]
    prometheus["alerting"]["alertmanagers"] = [{"static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}]
    prometheus["scrape_configs"] = [{"job_name": "suite", "static_configs": [{"targets": [part.host]}]}]
    (folder / "prometheus.yml").write_text(json.dumps(prometheus), "utf-8")
    with ExitStack() as stack:

        def start(command: str, *options: str) -> None:
            log = stack.enter_context((folder / Path(command).name).open("wb"))
            process = stack.enter_context(subprocess.Popen([command, *options], stdout=log, stderr=log))
            stack.callback(process.kill)

        start(
            str(ALERTMANAGER),
            f"--config.file={folder}/alertmanager.yml",
            f"--storage.path={folder}/silences",
            f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address=",
        )
        wait_for(lambda: listens(port), 60)
        start(
            "prometheus",
            f"--config.file={folder}/prometheus.yml",
            f"--storage.tsdb.path={folder}/figures",
            f"--web.listen-address=127.0.0.1:{free_port()}",
            "--rules.alert.resend-delay=1s",  # the first one goes before it knows Alertmanager
        )
        yield f"http://127.0.0.1:{port}"


def configuration(settings: dict[str, str]) -> dict[str, Any]:
    """What the container of Alertmanager makes of its settings."""
    command = [sys.executable, str(PROMETHEUS / "alertmanager.py")]
    done = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True, check=True)
    made: dict[str, Any] = json.loads(base64.b64decode(done.stdout.strip().removeprefix("ALERTMANAGER_CONFIG=")))
    return made


@pytest.fixture
def mails(environment: dict[str, str], on_call: str) -> Callable[[str], list[dict[str, Any]]]:
    http = httpx.Client(base_url=environment["WSIS_MAIL_WEB_URI"], timeout=30)

    def of(subject: str) -> list[dict[str, Any]]:
        rows = http.get("/api/messages", params={"to": on_call}).json()["messages"]
        return [http.get(f"/api/messages/{row['id']}").json() for row in rows if row["subject"] == subject]

    return of


def told(part: Part, path: str) -> set[str]:
    """The names of the alerts of which a webhook has been told."""
    return {alert["labels"]["alertname"] for alert in _alerts(part, path)}


def states(address: str, name: str) -> list[str]:
    """What Alertmanager does with each alert of a name."""
    alerts = httpx.get(f"{address}/api/v2/alerts", params={"filter": f"alertname={name}"}).json()
    return [alert["status"]["state"] for alert in alerts]


def summaries(part: Part, path: str) -> set[str]:
    return {alert["annotations"]["summary"] for alert in _alerts(part, path)}


def _alerts(part: Part, path: str) -> list[dict[str, Any]]:
    return [alert for body in list(part.told) if body["path"] == path for alert in body["alerts"]]


def dead_letters(**counts: int) -> str:
    name = "wsis_messages_dead_lettered_total"
    return "".join(f'{name}{{service="{service}",handler="vote"}} {count}\n' for service, count in counts.items())


def test_while_all_is_well_the_heartbeat_alone_is_heard(part: Part) -> None:
    part.figures = 'wsis_outbox_set_aside{service="prizes"} 0\n' + dead_letters(prizes=0, voting=0)
    wait_for(lambda: told(part, "/heartbeat"), 60)
    assert told(part, "/heartbeat") == {"Heartbeat"}
    assert told(part, "/page") == told(part, "/ticket") == set()


def test_who_is_on_call_is_mailed_what_is_wrong_and_when_it_is_over(part: Part, mails: Any) -> None:
    part.figures = 'wsis_outbox_set_aside{service="prizes"} 2\n' + dead_letters(prizes=0, voting=0)
    [mail, *_] = wait_for(lambda: mails("EventNotSent (page)"), 60)
    assert "prizes has set aside events that cannot be sent: 2" in mail["text"]
    assert "docs/runbooks/broker-away.md" in mail["text"]
    wait_for(lambda: "EventNotSent" in told(part, "/page"), 60)

    # Of the same service no ticket is written while somebody is up for it; of another one is.
    part.figures = 'wsis_outbox_set_aside{service="prizes"} 2\n' + dead_letters(prizes=5, voting=5)
    wait_for(lambda: summaries(part, "/ticket"), 60)
    assert summaries(part, "/ticket") == {"voting.vote dead-lettered a message"}

    part.figures = 'wsis_outbox_set_aside{service="prizes"} 0\n' + dead_letters(prizes=5, voting=5)
    wait_for(lambda: mails("Over: EventNotSent (page)"), 60)
    wait_for(lambda: "prizes.vote dead-lettered a message" in summaries(part, "/ticket"), 120)


def test_a_trial_is_sent_and_held_back_as_the_manual_says(part: Part, watching: str, mails: Any) -> None:
    manual = Path("docs/operate/alerts.md").read_text("utf-8").replace("http://127.0.0.1:9093", watching)
    trial, silence = re.findall(r"^deploy/compose exec alertmanager (amtool .+)$", manual, re.MULTILINE)
    subprocess.run(shlex.split(trial), check=True, capture_output=True)
    [mail, *_] = wait_for(lambda: mails("Trial (page)"), 60)
    assert "A trial" in mail["text"]
    subprocess.run(shlex.split(silence), check=True, capture_output=True)
    wait_for(lambda: states(watching, "Trial") == ["suppressed"], 60)


def test_an_incident_asks_for_alerts_and_silences_as_the_manual_says(watching: str) -> None:
    manual = Path("docs/operate/incident.md").read_text("utf-8").replace("http://127.0.0.1:9093", watching)
    asked = re.findall(r"deploy/compose exec alertmanager (amtool [^`\n]+)", manual)
    said = [subprocess.run(shlex.split(each), check=True, capture_output=True, text=True).stdout for each in asked]
    assert [text.split()[0] for text in said] == ["Alertname", "ID"]


def test_a_setting_that_is_neither_mail_nor_webhook_is_named() -> None:
    command = [sys.executable, str(PROMETHEUS / "alertmanager.py")]
    environment = {**os.environ, "WSIS_ALERTS_PAGE": "on call"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "WSIS_ALERTS_PAGE: 'on call' is neither an address of mail nor https://...\n"
