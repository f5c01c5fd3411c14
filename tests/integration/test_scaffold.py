"""One folder, no edit elsewhere: a new service is written, installed, tested, used over HTTP, and taken away again."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from wsis_shared.testing import wait_for

ROOT = Path(__file__).parents[2]
NAME = "sample"
FOLDER = ROOT / "services" / NAME


def _run(*command: str, **more: Any) -> str:
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, timeout=300, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _changed() -> set[str]:
    listed = subprocess.run(
        ["git", "status", "--porcelain", "-uall"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(listed.stdout.splitlines())


@pytest.fixture(scope="module")
def scaffolded() -> Iterator[set[str]]:
    """The new service, installed; what `git status` says more than before."""
    if FOLDER.exists():
        pytest.skip(f"{FOLDER} is somebody's: it is left alone")
    before = _changed()
    try:
        _run("-m", "wsis_shared.scaffold", NAME)
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
    done = subprocess.run(
        [sys.executable, "-m", "wsis_shared.scaffold", NAME], cwd=ROOT, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert NAME in done.stderr
    assert _changed() == before


@pytest.mark.parametrize("name", ["Sample", "s", "2nd", "my-service", "../up", "gateway", "shared", ""])
def test_name_that_will_not_do_is_refused(name: str, tmp_path: Path) -> None:
    from wsis_shared.scaffold import CannotScaffold, write

    with pytest.raises(CannotScaffold):
        write(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_it_keeps_to_the_style(scaffolded: set[str]) -> None:
    _run("-m", "ruff", "check", str(FOLDER))
    _run("-m", "ruff", "format", "--check", str(FOLDER))


def test_its_own_tests_pass(scaffolded: set[str], infrastructure: dict[str, str]) -> None:
    said = _run("-m", "pytest", "-q", f"services/{NAME}/tests", env=infrastructure)
    assert "failed" not in said
    assert " passed" in said


def test_it_keeps_to_the_rules_of_the_house(scaffolded: set[str]) -> None:
    said = _run("-m", "pytest", "-q", "tests/architecture", "-k", f"[{NAME}] or services/{NAME}/")
    assert " passed" in said


def test_its_route_answers_through_the_gateway_and_its_event_arrives(
    scaffolded: set[str], tmp_path: Path, infrastructure: dict[str, str]
) -> None:
    """Over HTTP alone: a stranger may read and may not write; a written entry comes round as an event."""
    from wsis_shared.local.stack import Stack

    del infrastructure  # this stack brings its own
    with Stack(tmp_path, services=[NAME]) as stack, httpx.Client(base_url=stack.gateway_uri) as client:
        unknown = client.get(f"/v1/{NAME}/nowhere")
        assert (unknown.status_code, unknown.json()["code"]) == (404, f"{NAME}.entry_unknown")
        assert unknown.headers["content-type"] == "application/problem+json"
        french = client.get(f"/v1/{NAME}/nowhere", headers={"Accept-Language": "fr"})
        assert french.json()["title"] == "Cette entrée n’existe pas"
        assert client.post(f"/v1/{NAME}", json={"title": "Radio"}).status_code == 401
        entry = _made_by_a_member(stack)
        read = wait_for(lambda: _heard(client, entry), what="the event to come round")
        assert (read["id"], read["title"]) == (entry, "Radio for every school")
        assert f"/v1/{NAME}/{{entry}}" in client.get("/openapi.json").json()["paths"]


def _made_by_a_member(stack: Any) -> str:
    """Signing in belongs to another service, which need not be here: this is what the gateway sends for a member."""
    from wsis_shared.amqp.link import Link
    from wsis_shared.testing import actor, make_context

    link = Link(stack.broker.amqp_uri, "test").start()
    try:
        body = {"title": "Radio for every school"}
        return str(link.request(NAME, "make_entry", {"body": body}, make_context(actor()), timeout=10)["id"])
    finally:
        link.stop()


def _heard(client: httpx.Client, entry: str) -> dict[str, Any] | None:
    answer = client.get(f"/v1/{NAME}/{entry}")
    answer.raise_for_status()
    read: dict[str, Any] = answer.json()
    return read if read["heard"] else None
