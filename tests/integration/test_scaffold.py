"""One folder, no edit elsewhere: in a copy of the repository a new service is written, tested and used over HTTP."""

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
from tests.integration.guild_service import described
from wsis_scaffold import CannotScaffold, write
from wsis_testkit import actor, make_context, serve, wait_for
from wsis_testkit.gateway import running_gateway

ROOT = Path(__file__).parents[2]
NAME = "sample"
WSIS = str(Path(sys.executable).with_name("wsis"))


class Tree:
    """A copy of the repository: other tests run in the repository meanwhile."""

    def __init__(self, root: Path) -> None:
        self.root, self.service = root, root / "services" / NAME
        listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
        for name in subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0"):
            if (ROOT / name).is_file():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, root / name)
        for command in ("init", "add --all"):
            subprocess.run(["git", *command.split()], cwd=root, check=True, capture_output=True)

    def run(self, *command: str, **more: Any) -> str:
        """Run a Python program here and return what it says."""
        done = subprocess.run([sys.executable, *command], cwd=self.root, capture_output=True, text=True, **more)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def untracked(self) -> list[str]:
        """What `git status` says of new and of changed files."""
        command = ["git", "ls-files", "--others", "--modified", "--exclude-standard"]
        return subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    """A repository with the new service."""
    made = Tree(tmp_path_factory.mktemp("tree"))
    made.run(WSIS, "new", NAME)
    with described(NAME, made.service / "src"):
        yield made


def test_nothing_else_changes(tree: Tree) -> None:
    changed = tree.untracked()
    assert changed
    assert [path for path in changed if not path.startswith(f"services/{NAME}/")] == []


def test_name_that_is_taken_is_refused(tree: Tree) -> None:
    before = tree.untracked()
    done = subprocess.run([WSIS, "new", NAME], cwd=tree.root, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert NAME in done.stderr
    assert tree.untracked() == before


@pytest.mark.parametrize("name", ["Sample", "s", "2nd", "my-service", "../up", "gateway", "shared", ""])
def test_name_that_will_not_do_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(CannotScaffold):
        write(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_make_check_passes_without_an_edit_elsewhere(tree: Tree) -> None:
    """Style, types, manifests and architecture, as the Makefile runs them. Tests of one other service are left out."""
    before = tree.untracked()
    sources = sorted({str(package.parent) for package in tree.root.glob("**/src/wsis_*")})
    path = f"env PYTHONPATH={os.pathsep.join([*sources, os.environ['PYTHONPATH']])}"
    others = sorted(folder.name for folder in (tree.root / "services").iterdir() if folder.name != NAME)
    chosen = " and ".join(f"not [{name}]" for name in others)
    settings = [f"PY={path} {sys.executable}", f"WSIS={path} {WSIS}", f"SOURCES=services/{NAME}/src"]
    checked = ["make", "-o", "install", "check", *settings, f"ARGS=-p no:cacheprovider -k '{chosen}'"]
    done = subprocess.run(checked, cwd=tree.root, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert tree.untracked() == before


def test_its_own_tests_pass(tree: Tree, infrastructure: dict[str, str]) -> None:
    env = {**os.environ, **infrastructure, "PYTHONPATH": os.environ["PYTHONPATH"]}  # not of the module that began it
    said = tree.run("-m", "pytest", "-q", f"services/{NAME}/tests", env=env)
    assert "failed" not in said
    assert " passed" in said


@pytest.fixture
def http(tree: Tree, environment: dict[str, str], amqp_client: Any, tmp_path: Path) -> Iterator[httpx.Client]:
    """The new service and the real gateway, in processes of their own."""
    tree.run(WSIS, "indexes", NAME, env={**os.environ, **environment})
    service = serve(NAME, environment, amqp_client, tmp_path, real=True)  # installed after a fork server started
    try:
        settings = {**environment, "WSIS_GATEWAY_PLUGINS": NAME}
        with running_gateway(settings, tmp_path / "gateway.log", real=True) as client:
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
    assert body["title"] in http.get(f"/fr/{NAME}/{entry}").text
    assert f"/v1/{NAME}/{{entry}}" in http.get("/openapi.json").json()["paths"]


def _heard(client: httpx.Client, entry: str) -> dict[str, Any] | None:
    answer = client.get(f"/v1/{NAME}/{entry}")
    answer.raise_for_status()
    read: dict[str, Any] = answer.json()
    return read if read["heard"] else None
