"""The gateway of this commit works with the services of the last release, and the other way round.

During a release both run at the same time. The code of the last release runs on the libraries that are installed here.
"""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import wsis_testkit
from wsis_local.broker import Broker
from wsis_local.ports import LOOPBACK, free_ports
from wsis_shared.amqp.client import AmqpClient
from wsis_testkit import versions, wait_for
from wsis_testkit.plugin import TEST_SECRET
from wsis_testkit.versions import NotHere, Side

from wsis_demo import phases
from wsis_demo.client import Person, Problem, Suite
from wsis_demo.mailbox import Mailbox
from wsis_demo.people import Organization, Registry
from wsis_demo.projects import Writer

EDITION, CATEGORY, OFFICER = "2031", "C4", "secretariat@versions.example"
GUNICORN = """
import runpy, sys
from importlib.resources import files
sys.argv = ["gunicorn", "-c", str(files("wsis_gateway") / "gunicorn.conf.py"), "--bind", sys.argv[1],
            "wsis_gateway.wsgi:app"]
runpy.run_module("gunicorn", run_name="__main__")
"""


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Side]:
    """`former` and `today`."""
    try:
        former = versions.former(versions.last_release(), tmp_path_factory.mktemp("former"))
    except NotHere as error:
        if versions.is_shallow():
            pytest.skip(str(error))
        raise
    return {"former": former, "today": versions.today()}


@contextmanager
def _gateway(side: Side, environment: Mapping[str, str], log: Path) -> Iterator[str]:
    address = f"{LOOPBACK}:{next(free_ports())}"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", GUNICORN, address],
            stdout=out,
            stderr=out,
            env={**os.environ, **environment, **side.environment, "WSIS_GATEWAY_METRICS_PORT": "0"},
        )
    try:
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


@pytest.fixture(params=[("today", "former"), ("former", "today")], ids=lambda pair: f"{pair[0]}-gateway")
def suite(
    request: Any, sides: dict[str, Side], infrastructure: dict[str, str], tmp_path: Path, set_setting: Any
) -> Iterator[tuple[Suite, Callable[..., None]]]:
    """The gateway of one side in front of the services of the other, on a virtual host and databases of their own; and
    the command `wsis` of the services' side."""
    gateway, services = (sides[name] for name in request.param)
    set_setting("secret", TEST_SECRET)
    with _fresh(infrastructure, request.param[0], tmp_path) as environment:
        services.wsis(environment, "prepare")
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
    # By moves, before this millisecond: a request that comes within it would end its phase in the future.
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


def _vote(voter: Person, path: str, project: str) -> dict[str, Any]:
    try:
        return dict(voter.post(f"{path}/votes", {"category": CATEGORY, "project": project}))
    except Problem as problem:
        if problem.code in ("voting.not_open", "voting.edition_unknown", "voting.nominee_unknown"):
            return {}
        raise
