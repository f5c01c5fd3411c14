"""Each container of Compose gets the settings that are set where `deploy/compose` runs and that it reads: no fragment
has to name them, and none is dropped in silence."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.architecture.compose_files import ROOT, fragment
from wsis_shared.backup.settings import Settings as Backup
from wsis_shared.doctor.settings import Settings as Doctor
from wsis_shared.rates import rate_classes_of
from wsis_shared.settings import Suite
from wsis_shared.settings_page import settings_of

from wsis_gateway.settings import Settings as Gateway

FILES = [ROOT / "deploy/compose.yaml", *sorted(ROOT.glob("services/*/deploy/compose.yaml"))]
KEY = "-----BEGIN KEY-----\nA$B${C}'\"#\n-----END KEY-----\n"
Read = dict[str, set[str]]
MARKER = "as the operator set it"
ADDED = "WSIS_LOG_LEVEL"  # by an operator, to the file of voting alone


def _environment(**settings: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("WSIS_", "OTEL_"))} | settings


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As deploy/passwords.py makes it, with a line that was added."""
    made = tmp_path_factory.mktemp("suite") / ".run/deploy"
    options = ("--private-network", "--public-url", "https://wsis.example.org")
    command = [sys.executable, ROOT / "deploy/passwords.py", made, *options]
    subprocess.run(command, env=_environment(WSIS_OTLP_URI=MARKER, WSIS_BLOBS_URI=MARKER), check=True)
    for name in ("alertmanager", "rabbitmq-0", "mongo-0"):  # of others
        (made / f"{name}.env").write_text("ELSEWHERE=\n")
    with (made / "voting.env").open("a") as file:
        file.write(f"{ADDED}=debug\n")
    return made


@pytest.fixture(scope="module")
def suite(folder: Path) -> Path:
    """The project around it."""
    for name in ("deploy", "services", "shared"):
        (folder.parents[1] / name).symlink_to(ROOT / name)
    return folder.parents[1]


def _passed(folder: Path, **settings: str) -> dict[str, set[str]]:
    """Container -> the settings that it gets besides those of the files."""
    files = [word for file in FILES for word in ("-f", str(file))]
    command = [sys.executable, str(ROOT / "deploy/settings.py"), str(folder), *files]
    done = subprocess.run(command, env=_environment(**settings), check=True, capture_output=True, text=True)
    assert MARKER not in done.stdout, "values stay in the environment"
    services = json.loads(done.stdout)["services"]
    assert all(value is None for each in services.values() for value in each["environment"].values())
    return {name: set(each["environment"]) for name, each in services.items()}


@pytest.fixture(scope="module")
def read(project: Any) -> Read:
    """Part -> what it reads in production, as its classes declare it."""
    plugins = project.plugins
    kinds: dict[str, list[Any]] = {"gateway": [Gateway], "backup": [Backup], "doctor": [Doctor]}
    shared: set[str] = set()
    for plugin in plugins:
        kinds |= {name: [] for name in (plugin.name, *(each.full_name(plugin.name) for each in plugin.processes))}
        kinds |= {name: [kind] for name, kind in settings_of(plugin).items()}
        described = plugin.load("settings").described() if plugin.settings else ()
        shared |= {one.variable for one in described if "for the gateway" in one.comment}
    assert shared
    found = {
        name: {one.variable for kind in (Suite, *those) for one in kind.described() if not one.development}
        for name, those in kinds.items()
    }
    found["gateway"] |= shared | {rate.variable for rate in rate_classes_of(plugins).values()}
    return found


def _containers(read: Read) -> dict[str, tuple[set[str], dict[str, Any]]]:
    """Name -> the parts whose settings it reads, and what the files of the project set."""
    found = {}
    for file in FILES:
        for name, part in fragment(file).items():
            listed = part.get("env_file", [])
            stems = {Path(path).stem for path in ([listed] if isinstance(listed, str) else listed)}
            found[name] = (stems & read.keys(), part.get("environment") or {})
    return found


def test_each_container_gets_every_setting_that_it_reads(folder: Path, read: Read) -> None:
    """But what its own file has, what deploy/passwords.py makes for any part, what the image sets, and what a file of
    the project gives a value."""
    passed = _passed(folder, **dict.fromkeys({name for names in read.values() for name in names}, MARKER))
    lines = {line.partition("=")[0] for path in folder.glob("*.env") for line in path.read_text().splitlines()}
    derived = lines - {ADDED}
    image = set(re.findall(r"\b(WSIS_\w+)=", (ROOT / "deploy/Dockerfile").read_text("utf-8")))
    containers = _containers(read)
    fixed = {
        name
        for _, environment in containers.values()
        for name, value in environment.items()
        if value is not None and "${" not in value
    }
    seen = 0
    for name, (parts, environment) in containers.items():
        own = {variable for part in parts for variable in read[part]}
        given = {variable for variable, value in environment.items() if value is not None}
        lost = own - passed.get(name, set()) - given - derived - image - fixed
        assert (name, lost) == (name, {ADDED} if name == "voting" else set())
        assert (name, passed.get(name, set()) - own) == (name, set()), "and nothing else"
        seen += bool(own)
    assert seen > 15
    assert derived & {"WSIS_SECRET", "WSIS_MONGO_URI", "WSIS_OTLP_URI", "WSIS_BLOBS_URI", "WSIS_PUBLIC_URL"}


@pytest.mark.parametrize(
    ("setting", "containers"),
    [
        ("WSIS_DKIM_KEY", {"notifications", "notifications-sender"}),
        ("WSIS_LIMIT_VOTE", {"gateway-0", "gateway-1", "doctor"}),
        ("WSIS_STOCKTAKING_LICENCE", {"gateway-0", "gateway-1", "doctor", "stocktaking"}),
        ("WSIS_BACKUP_KEEP", {"backup", "restore"}),
        ("WSIS_REVIEW_CONTACT", {"voting"}),
        ("WSIS_SECRET", set()),
        ("WSIS_KEYS", set()),
        ("WSIS_BLOBS_URI", set()),
        ("WSIS_LIMIT_FACTOR", set()),
        ("WSIS_METRICS_PORT", set()),
        ("WSIS_GATEWAY_PROXIES", set()),
    ],
)
def test_a_setting_goes_to_those_who_read_it(folder: Path, setting: str, containers: set[str]) -> None:
    assert set(_passed(folder, **{setting: MARKER})) == containers


def test_a_line_of_one_part_keeps_a_setting_from_no_other(folder: Path, read: Read) -> None:
    """`environment` wins over a file: the part with the line goes on having that."""
    ours = {name for name, (parts, _) in _containers(read).items() if parts}
    assert set(_passed(folder, **{ADDED: MARKER})) == ours - {"voting"}


def test_what_is_not_set_is_left_to_its_default(folder: Path) -> None:
    assert _passed(folder) == {}


def test_variables_of_the_library_of_traces_are_for_every_part_and_no_other(folder: Path, read: Read) -> None:
    passed = _passed(folder, OTEL_EXPORTER_OTLP_HEADERS=MARKER)
    assert set(passed) == {name for name, (parts, _) in _containers(read).items() if parts}
    assert "gateway-1" in passed
    assert "mongo-0" not in passed


def _given(suite: Path, **settings: str) -> dict[str, dict[str, str]]:
    """Container -> its environment. The suite as `deploy/compose` starts it, read and not run."""
    ways = {"COMPOSE": "docker-compose", "PYTHON": sys.executable, "WSIS_PUBLIC_URL": "https://wsis.example.org"}
    command = [suite / "deploy/compose", "--profile", "*", "config", "--format", "json"]
    done = subprocess.run(command, cwd=suite, env=_environment(**settings, **ways), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return {name: each.get("environment") or {} for name, each in json.loads(done.stdout)["services"].items()}


@pytest.mark.skipif(not shutil.which("docker-compose"), reason="docker-compose is a Debian package")
def test_compose_gives_them_as_they_are(suite: Path) -> None:
    """Of several lines, with a $."""
    given = {"WSIS_DKIM_KEY": KEY, "WSIS_CONTACT": "", "WSIS_MAIL_FROM": "A <a@b.example>"}
    found = _given(suite, **given, WSIS_SMTP_URI="smtps://r")
    assert found["notifications-sender"]["WSIS_DKIM_KEY"].replace("$$", "$") == KEY
    assert found["notifications"]["WSIS_MAIL_FROM"] == found["consultation"]["WSIS_MAIL_FROM"] == "A <a@b.example>"
    assert "WSIS_CONTACT" not in found["gateway-1"], "an empty one has its default"
    assert found["gateway-1"]["WSIS_GATEWAY_PROXIES"] == "10.77.0.0/24"
    assert found["consultation"]["WSIS_MAIL_DOMAIN"] == "mail.wsis.invalid"
    assert "WSIS_DKIM_KEY" not in found["gateway-0"]


@pytest.mark.skipif(not shutil.which("docker-compose"), reason="docker-compose is a Debian package")
@pytest.mark.parametrize(("of_sender", "relay"), [("", "smtps://r"), ("smtps://many", "smtps://many")])
def test_mail_to_many_may_have_a_relay_of_its_own(suite: Path, of_sender: str, relay: str) -> None:
    found = _given(suite, WSIS_SMTP_URI="smtps://r", WSIS_SENDER_SMTP_URI=of_sender)
    relays = [found[name]["WSIS_SMTP_URI"] for name in ("notifications", "notifications-sender")]
    assert relays == ["smtps://r", relay]
