"""One folder, no edit elsewhere: a new service is written, installed, tested, used over HTTP, and taken away again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from wsis_scaffold import CannotScaffold, write
from wsis_testkit import actor, make_context, serve, wait_for
from wsis_testkit.gateway import running_gateway

ROOT = Path(__file__).parents[2]
NAME = "sample"
FOLDER = ROOT / "services" / NAME
WSIS = str(Path(sys.executable).with_name("wsis"))


def _run(*command: str, **more: Any) -> str:
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, timeout=300, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _changed() -> set[str]:
    command = ["git", "status", "--porcelain", "-uall"]
    return set(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines())


@pytest.fixture(scope="module")
def scaffolded() -> Iterator[set[str]]:
    """The new service, installed; what `git status` says more than before."""
    if FOLDER.exists():
        pytest.skip(f"{FOLDER} is somebody's: it is left alone")
    before = _changed()
    try:
        _run(WSIS, "new", NAME)
        _run("-m", "pip", "--disable-pip-version-check", "install", "-q", "--no-deps", "--no-build-isolation",
             "-e", str(FOLDER))  # fmt: skip
        yield _changed() - before
    finally:
        _run("-m", "pip", "--disable-pip-version-check", "uninstall", "-qy", f"wsis-{NAME}")
        shutil.rmtree(FOLDER, ignore_errors=True)


def test_nothing_else_changes(scaffolded: set[str]) -> None:
    elsewhere = [line for line in scaffolded if not line.startswith(f"?? services/{NAME}/")]
    assert scaffolded
    assert elsewhere == []


def test_name_that_is_taken_is_refused(scaffolded: set[str]) -> None:
    before = _changed()
    done = subprocess.run([WSIS, "new", NAME], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert NAME in done.stderr
    assert _changed() == before


@pytest.mark.parametrize("name", ["Sample", "s", "2nd", "my-service", "../up", "gateway", "shared", ""])
def test_name_that_will_not_do_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(CannotScaffold):
        write(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_it_keeps_to_the_style(scaffolded: set[str]) -> None:
    _run("-m", "ruff", "check", str(FOLDER))
    _run("-m", "ruff", "format", "--check", str(FOLDER))


def test_its_own_tests_pass(scaffolded: set[str], infrastructure: dict[str, str]) -> None:
    said = _run("-m", "pytest", "-q", f"services/{NAME}/tests", env={**os.environ, **infrastructure})
    assert "failed" not in said
    assert " passed" in said


def test_it_passes_the_architecture_tests(scaffolded: set[str]) -> None:
    said = _run("-m", "pytest", "-q", "tests/architecture", "-k", f"[{NAME}] or services/{NAME}/")
    assert " passed" in said


@pytest.fixture
def http(scaffolded: set[str], environment: dict[str, str], amqp_client: Any, tmp_path: Path) -> Iterator[httpx.Client]:
    """The new service and the real gateway, in processes of their own."""
    _run(WSIS, "indexes", NAME, env={**os.environ, **environment})
    service = serve(NAME, environment, amqp_client, tmp_path, real=True)  # installed after a fork server started
    try:
        with running_gateway(environment, tmp_path / "gateway.log", real=True) as client:
            yield client
    finally:
        service.stop()


def test_its_route_answers_through_the_gateway_and_its_event_arrives(http: httpx.Client, amqp_client: Any) -> None:
    """A stranger may read and may not write; a written entry comes round as an event, and that is seen over HTTP."""
    unknown = http.get(f"/v1/{NAME}/unknown", headers={"Accept-Language": "fr"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, f"{NAME}.entry_unknown")
    assert unknown.headers["content-type"] == "application/problem+json"
    assert unknown.json()["title"] == "Cette entrée n’existe pas"
    assert http.post(f"/v1/{NAME}", json={"title": "Radio"}).status_code == 401
    # Signing in belongs to another service, which need not be here: this is what the gateway sends for a member.
    body = {"title": "Radio for every school"}
    entry = amqp_client.request(NAME, "make_entry", {"body": body}, make_context(actor()), timeout=10)["id"]
    read = wait_for(lambda: _heard(http, entry), what="the event to come round")
    assert (read["id"], read["title"]) == (entry, body["title"])
    assert f"/v1/{NAME}/{{entry}}" in http.get("/openapi.json").json()["paths"]


def _heard(client: httpx.Client, entry: str) -> dict[str, Any] | None:
    answer = client.get(f"/v1/{NAME}/{entry}")
    answer.raise_for_status()
    read: dict[str, Any] = answer.json()
    return read if read["heard"] else None
