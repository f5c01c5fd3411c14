"""The gateway of this commit works with the services of a former one.

During a release both run at the same time. `former_commit.txt` holds the commit; its code runs on the libraries that
are installed here.

Not the other way round: the former commit signs nothing, and a setting that accepts unsigned messages for a while would
be the hole that the signature closes. So gateways are replaced first (docs/decisions/0035-signed-context.md). From a
commit that signs on, both ways must work again.

Not covered: events. Their routing keys have carried the version since that commit, so the gateway and the services of
two sides do not get each other's events: cached responses of the gateway expire only by their max-age.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
import tomllib
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import wsis_testkit
from wsis_local.broker import Broker
from wsis_local.ports import LOOPBACK, free_ports
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.plugin import discover
from wsis_testkit import wait_for
from wsis_testkit.plugin import TEST_SECRET

from wsis_demo import phases
from wsis_demo.client import Person, Problem, Suite
from wsis_demo.mailbox import Mailbox
from wsis_demo.people import Organization, Registry
from wsis_demo.projects import Writer

ROOT = Path(__file__).parents[2]
COMMIT = (Path(__file__).parent / "former_commit.txt").read_text("utf-8").strip()
FORMER_PREPARATIONS = ("indexes", "queues", "seed")  # subcommands of `wsis` at that commit
EDITION, CATEGORY, OFFICER = "2031", "C4", "secretariat@versions.example"
WSIS = "import sys; from wsis_shared.cli import main; main(prog_name='wsis')"
GUNICORN = """
import runpy, sys
from importlib.resources import files
sys.argv = ["gunicorn", "-c", str(files("wsis_gateway") / "gunicorn.conf.py"), "--bind", sys.argv[1],
            "wsis_gateway.wsgi:app"]
runpy.run_module("gunicorn", run_name="__main__")
"""


@dataclass(frozen=True)
class Side:
    """The code of one commit: what its processes need in their environment, and how its services are prepared."""

    environment: Mapping[str, str]
    names: tuple[str, ...]
    preparations: tuple[str, ...]

    def wsis(self, environment: Mapping[str, str], *arguments: str) -> None:
        """Run the command `wsis` of this side."""
        done = subprocess.run(
            [sys.executable, "-c", WSIS, *arguments],
            env={**os.environ, **environment, **self.environment},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr[-3000:]


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Side]:
    """`former` and `today`."""
    archive = _git("archive", COMMIT)
    if archive.returncode and _git("rev-parse", "--is-shallow-repository").stdout.strip() != b"false":
        pytest.skip(f"commit {COMMIT} is not here: this is a shallow clone, or no clone at all")
    assert archive.returncode == 0, archive.stderr.decode()
    folder = tmp_path_factory.mktemp("former")
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
        tar.extractall(folder, filter="data")
    projects = [*folder.glob("*/pyproject.toml"), *folder.glob("services/*/pyproject.toml")]
    paths = [folder / "metadata", *(project.parent / "src" for project in projects)]
    names = [_describe(project, folder / "metadata") for project in projects]
    for plugin in discover():
        if plugin.name not in names:
            _hide(f"wsis-{plugin.name}", folder / "metadata")  # an image of that commit does not have it
    return {
        "former": Side(
            {"PYTHONPATH": os.pathsep.join(map(str, paths))}, tuple(name for name in names if name), FORMER_PREPARATIONS
        ),
        "today": Side({}, tuple(plugin.name for plugin in discover()), ("prepare",)),
    }


def _git(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True)


def _describe(project: Path, folder: Path) -> str:
    """Write the metadata of a distribution as an installation would: a plugin is found by its entry point. Return the
    name of the plugin, if it is one."""
    described = tomllib.loads(project.read_text("utf-8"))["project"]
    info = folder / f"{described['name'].replace('-', '_')}-0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {described['name']}\nVersion: 0\n")
    services = described.get("entry-points", {}).get("wsis.services", {})
    lines = "".join(f"{name} = {place}\n" for name, place in services.items())
    (info / "entry_points.txt").write_text(f"[wsis.services]\n{lines}")
    return next(iter(services), "")


def _hide(name: str, folder: Path) -> None:
    """Write a distribution of this name without plugins: of two with one name the first on the path counts."""
    info = folder / f"{name.replace('-', '_')}-0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0\n")


@contextmanager
def _gateway(side: Side, environment: Mapping[str, str], log: Path, *, ready: bool = True) -> Iterator[str]:
    address = f"{LOOPBACK}:{next(free_ports())}"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", GUNICORN, address],
            stdout=out,
            stderr=out,
            env={**os.environ, **environment, **side.environment, "WSIS_GATEWAY_METRICS_PORT": "0"},
        )
    try:
        if ready:
            wait_for(lambda: process.poll() is None and _is_ready(f"http://{address}"), 60, f"the gateway, see {log}")
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(30)


def _is_ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture(params=[("today", "former")], ids=lambda pair: f"{pair[0]}-gateway")
def suite(
    request: Any, sides: dict[str, Side], infrastructure: dict[str, str], tmp_path: Path, set_setting: Any
) -> Iterator[tuple[Suite, Callable[..., None]]]:
    """The gateway of one side in front of the services of the other, on a virtual host and databases of their own; and
    the command `wsis` of the services' side."""
    gateway, services = (sides[name] for name in request.param)
    set_setting("secret", TEST_SECRET)
    with _fresh(infrastructure, request.param[0], tmp_path) as environment:
        for step in services.preparations:
            services.wsis(environment, step)
        client = AmqpClient(environment["WSIS_AMQP_URI"], "test").start()
        running: list[Any] = []
        try:
            for name in services.names:
                served = wsis_testkit.serve(name, {**environment, **services.environment}, client, tmp_path, wait=False)
                running.append(served)
            for served in running:
                wait_for(served.healthy, 60, f"{served.name} to respond")
            both = set(gateway.names) & set(services.names)  # a service that one side lacks is not served yet
            served_plugins = {"WSIS_GATEWAY_PLUGINS": ",".join(sorted(both))}
            with _gateway(gateway, {**environment, **served_plugins}, tmp_path / "gateway.log") as address:
                made = Suite(address, Mailbox(environment["WSIS_MAIL_WEB_URI"]))
                yield made, lambda *arguments: services.wsis(environment, *arguments)
                made.close()
        finally:
            for served in running:
                served.stop()
            client.stop()


@contextmanager
def _fresh(infrastructure: Mapping[str, str], name: str, folder: Path) -> Iterator[dict[str, str]]:
    node = Broker(infrastructure["WSIS_AMQP_URI"], infrastructure["WSIS_AMQP_MANAGEMENT_URI"])
    vhost = f"test-{name}-gateway-{os.getpid()}"
    try:
        yield {
            **{key: value for key, value in infrastructure.items() if key.startswith("WSIS_")},
            "WSIS_AMQP_URI": node.make_vhost(vhost),
            "WSIS_MONGO_PREFIX": f"{vhost.replace('-', '_')}_",
            "WSIS_SECRET": TEST_SECRET,
            "WSIS_LOG_DIR": str(folder / "public-log"),
        }
    finally:
        node.drop_vhost(vhost)


def test_people_register_submit_and_vote_across_versions(suite: tuple[Suite, Callable[..., None]]) -> None:
    people, wsis = suite
    forms = Registry(1, f"versions{os.getpid()}")
    wsis(
        "accounts",
        "officer",
        "--email",
        OFFICER,
        "--given-name",
        "A",
        "--family-name",
        "B",
        "--organization",
        "C",
        "--role",
        "officer",
        "--role",
        "operator",
    )
    officer = people.sign_in(OFFICER)
    path = f"/v1/editions/{EDITION}"
    officer.post("/v1/editions", {"edition": EDITION, "copy_from": "2017", "reason": "Versions"})
    officer.patch(path, {"categories": [CATEGORY], "reason": "One category"})
    phases.arrange(officer, EDITION, phases.around(phases.now(), "submission"), "Submission")

    entity = Organization("Institute of Versions", "academia", "RW", "en")
    submitter = people.register(forms.member(entity))
    contact = {"given_name": "Project", "family_name": "Office", "email": "office@entity.example"}
    form = Writer(1).project(entity, CATEGORY, contact) | {"submit": True}
    project = submitter.post(f"{path}/projects", form)["id"]
    assert submitter.get(f"/v1/projects/{project}")["title"] == form["title"]

    phases.move(officer, EDITION, "submission", "Deadline", end=phases.now())
    officer.put(f"{path}/nominations", {"nominate": [project], "not_nominated": []})
    officer.post(f"{path}/nominations/publication")
    # By moves alone: former services tell the gateway of today no changed edition, which it may keep for a minute.
    # Before this millisecond: a request that comes within it would end its phase in the future.
    second = timedelta(seconds=1)
    moment = phases.now() - second / 100
    phases.move(officer, EDITION, "nomination", "Voting", start=moment - 2 * second, end=moment)
    phases.move(officer, EDITION, "public_voting", "Voting", start=moment - second, end=moment + timedelta(hours=1))

    voter = people.register(next(forms.people(1)))
    receipt = wait_for(lambda: _vote(voter, path, project), 30, "voting to open")
    assert receipt["category"] == CATEGORY
    assert [row["project"] for row in voter.get(f"{path}/ballot")["voted"]] == [project]
    assert _vote(voter, path, project)["receipt"] == receipt["receipt"], "a repeat gets the same receipt"
    assert [row["project"] for row in people.visitor.each(f"{path}/nominees")] == [project]
    assert voter.get("/v1/me")["email"] == voter.email


def test_a_former_gateway_is_refused(
    sides: dict[str, Side], environment: dict[str, str], serve: Any, tmp_path: Path
) -> None:
    """Its calls carry no signature, as those of a forger."""
    served, former = serve("accounts"), sides["former"]
    settings = {**environment, "WSIS_GATEWAY_PLUGINS": "accounts"}
    with _gateway(former, settings, tmp_path / "gateway.log", ready=False) as address:
        wait_for(lambda: not _is_ready(address) and "message not signed" in served.log.read_text("utf-8"), 60)
        assert not _is_ready(address)
    assert served.call("health")["service"] == "accounts"


def _vote(voter: Person, path: str, project: str) -> dict[str, Any]:
    try:
        return dict(voter.post(f"{path}/votes", {"category": CATEGORY, "project": project}))
    except Problem as problem:
        if problem.code in ("voting.not_open", "voting.edition_unknown", "voting.nominee_unknown"):
            return {}
        raise
