"""`wsis up` as a newcomer meets it: what it prints leads somewhere, an officer is made, Ctrl-C stops it quickly."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from wsis_local.patience import factor
from wsis_local.ports import Ports
from wsis_shared.plugin import discover
from wsis_testkit import wait_for

WSIS = str(Path(sys.executable).with_name("wsis"))
START_SECONDS = 180
# A quiet machine takes 2.5 s; gunicorn would wait 30 s for connections that are idle.
STOP_SECONDS = 15


@dataclass
class Running:
    """A `wsis up` of this test's own: its process, what it has printed, and the environment of its user."""

    process: subprocess.Popen[bytes]
    printed: Path
    environ: dict[str, str]

    def wsis(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([WSIS, *arguments], env=self.environ, capture_output=True, text=True)

    def address(self, name: str) -> str:
        lines = [line.split(maxsplit=1) for line in self.printed.read_text().splitlines()]
        return next(words[1] for words in lines if len(words) == 2 and words[0] == name)


def _listen_to_ctrl_c() -> None:
    # A shell starts what runs in the background, as this test may, with SIGINT ignored.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("up")
    outside = {name: value for name, value in os.environ.items() if not name.startswith("WSIS_")}
    environ = {**outside, **Ports.free().as_environment(), "WSIS_RUN_DIR": str(folder / "run")}
    with (folder / "printed").open("wb") as output:
        process = subprocess.Popen(
            [WSIS, "up"], env=environ, stdout=output, stderr=subprocess.STDOUT, preexec_fn=_listen_to_ctrl_c
        )
    found = Running(process, folder / "printed", environ)
    try:
        wait_for(
            lambda: process.poll() is not None or "Ctrl-C stops it" in found.printed.read_text(), START_SECONDS, "up"
        )
        assert process.poll() is None, found.printed.read_text()
        yield found
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(60 * factor())


def get(address: str, **headers: str) -> Any:
    response = httpx.get(address, headers=headers, timeout=10 * factor(), follow_redirects=True).raise_for_status()
    return response.headers, response.text


def test_each_process_reaches_the_store_as_the_user_it_is_in_production(running: Running) -> None:
    found = discover()
    expected = {"gateway", *(plugin.name for plugin in found)}
    expected |= {process.full_name(plugin.name) for plugin in found for process in plugin.processes}
    suite = [
        process
        for process in psutil.Process(running.process.pid).children(recursive=True)
        if not {"wsis_shared.serve", "wsis_shared.serve_process", "gunicorn"}.isdisjoint(process.cmdline())
    ]
    assert {urlsplit(process.environ()["WSIS_MONGO_URI"]).username for process in suite} == expected


def test_printed_addresses_respond(running: Running) -> None:
    for name in ("Documentation", "Health", "Mail"):
        assert get(running.address(name))[1]


def test_start_page_leads_to_the_mails_and_tells_nobody_their_password(running: Running) -> None:
    address, mails = running.address("Start"), urlsplit(running.address("Mail"))
    address += "docs/start"
    shown = get(address)[1], get(address, Accept="text/html")[1]
    assert json.loads(shown[0])["links"]["mail"] == f"http://127.0.0.1:{mails.port}"
    assert f'href="http://127.0.0.1:{mails.port}"' in shown[1]
    assert mails.password
    assert mails.password not in "".join(shown)


def test_limits_leave_room_for_the_demo(running: Running) -> None:
    policy = get(f"{running.address('Start')}v1/editions")[0]["RateLimit-Policy"]
    assert int(policy.partition("q=")[2].partition(";")[0]) >= 1_000_000


def test_officer_is_made_once_and_told_what_to_do(running: Running) -> None:
    command = ("exec", WSIS, "accounts", "officer", "--email", "ines@wsis.example")
    first, second = running.wsis(*command), running.wsis(*command)
    assert (first.returncode, first.stdout) == (0, second.stdout)
    assert running.address("Mail") in first.stderr
    assert running.address("Documentation") in first.stderr


def test_settings_are_readable_by_the_owner_alone(running: Running) -> None:
    path = Path(running.environ["WSIS_RUN_DIR"], "environment")
    assert "WSIS_SECRET=" in path.read_text()
    assert path.stat().st_mode & 0o077 == 0


def test_exec_without_a_suite_says_what_to_do(running: Running, tmp_path: Path) -> None:
    nowhere = Running(running.process, running.printed, running.environ | {"WSIS_RUN_DIR": str(tmp_path)})
    done = nowhere.wsis("exec", "true")
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert "make run" in line


def test_ctrl_c_stops_all_with_idle_connections(running: Running) -> None:
    """The last test of the module: it ends the suite."""
    gateway = running.address("Start").removeprefix("http://").removesuffix("/")
    idle = [http.client.HTTPConnection(gateway) for _ in range(5)]
    for connection in idle:
        connection.request("GET", "/healthz")
        connection.getresponse().read()
    began = time.monotonic()
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(60 * factor()) == 0
    assert time.monotonic() - began < STOP_SECONDS * factor()
    assert running.wsis("exec", "true").returncode == 2
    for connection in idle:
        connection.close()
