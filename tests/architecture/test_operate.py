"""Commands of docs/operate, run as the pages have them, in a folder that looks like the project. Programs that would
reach a cluster or an engine are stand-ins that note what they are told."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.architecture.compose_files import fragment

NOTES = '#!/bin/sh\nprintf "%s\\n" "$*" >> "$NOTES"\n'
BLOCK = re.compile(r"^(?P<indent> *)```sh\n(?P<text>.*?)^ *```", re.MULTILINE | re.DOTALL)
Run = Callable[[str], list[str]]


@pytest.fixture
def folder(project: Any, tmp_path: Path) -> Path:
    """The project, with `deploy/compose`, `kubectl` and `helm` that only note."""
    made = tmp_path / "suite"
    (made / "deploy").mkdir(parents=True)
    (made / ".venv").symlink_to(sys.prefix)  # a copy of the project has none of its own
    (made / "services").symlink_to(project.root / "services")
    for path in (project.root / "deploy").iterdir():
        if path.name == "release":  # it goes to the folder above its own
            shutil.copy(path, made / "deploy")
        elif path.name != "compose":
            (made / "deploy" / path.name).symlink_to(path)
    for path in (made / "deploy/compose", tmp_path / "bin/kubectl", tmp_path / "bin/helm"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(NOTES)
        path.chmod(0o755)
    return made


@pytest.fixture
def run(folder: Path) -> Run:
    """Runs a block; returns what the stand-ins were told, a line for each call."""

    def run(block: str) -> list[str]:
        notes = folder.parent / "notes"
        path = f"{folder.parent / 'bin'}:{os.environ['PATH']}"
        env = {**os.environ, "NOTES": str(notes), "PATH": path, "PYTHONWARNINGS": "ignore"}
        done = subprocess.run(["bash", "-euc", block], cwd=folder, env=env, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        return notes.read_text("utf-8").splitlines() if notes.exists() else []

    return run


def _block(project: Any, page: str, word: str) -> str:
    """The one of a page that has this word."""
    text = (project.root / "docs/operate" / page).read_text("utf-8")
    [found] = [match["text"] for match in BLOCK.finditer(text) if word in match["text"]]
    return found


def _secrets(project: Any) -> set[str]:
    """Those that pods of the chart read."""
    chart = yaml.safe_load((project.root / "deploy/chart/values.yaml").read_text("utf-8"))
    files = [*(project.root / "deploy").glob("gateway*.values.yaml")]
    files += [folder / "deploy/values.yaml" for folder in project.services.values()]
    parts = {name: part for path in files for name, part in yaml.safe_load(path.read_text("utf-8"))["parts"].items()}
    ours = {part.get("secret", f"wsis-{name}") for name, part in parts.items() if "image" not in part}
    return {*ours, chart["backup"]["secret"]}


def test_kubernetes_has_a_secret_for_each_part_and_none_of_an_administrator(
    project: Any, folder: Path, run: Run
) -> None:
    run(_block(project, "kubernetes.md", "passwords.py").replace("HOST", "node.example"))
    made = folder.parent / "wsis-secrets"
    definitions = json.loads((made / "definitions.json").read_text("utf-8"))
    assert {plugin.name for plugin in project.found} <= {user["name"] for user in definitions["users"]}
    assert "node.example:27017" in (made / "users.js").read_text("utf-8")

    told = run(_block(project, "kubernetes.md", "kubectl create namespace"))
    secrets = [match[1] for line in told if (match := re.search(r"secret generic (\S+) --from-env-file=\S+$", line))]
    of_tests = tuple(f"wsis-{each.name}" for each in project.found if each.name not in project.services)
    assert sorted(each for each in secrets if not each.startswith(of_tests)) == sorted(_secrets(project))


def test_kubernetes_installs_everything_by_files_that_are_there(project: Any, folder: Path, run: Run) -> None:
    (folder / "mine.values.yaml").symlink_to(project.root / "deploy/installation.values.yaml")
    [told] = run(_block(project, "kubernetes.md", "--timeout"))
    command, *options = told.split(" -f ")
    *files, (mine, *others) = [*options[:-1], options[-1].split()]
    assert command == "upgrade --install wsis deploy/chart"
    assert files == [
        "deploy/gateway.values.yaml",
        *(f"services/{name}/deploy/values.yaml" for name in sorted(project.services)),
    ]
    assert [mine, *others[:-1]] == ["mine.values.yaml", "--namespace", "wsis", "--wait", "--timeout"]
    # helm that gives up first leaves migrations that go on, and its next run deletes them.
    longest = yaml.safe_load((project.root / "deploy/chart/values.yaml").read_text("utf-8"))["migrations"]["seconds"]
    assert int(others[-1].removesuffix("m")) * 60 > longest


def test_an_upgrade_migrates_each_service_and_replaces_it(project: Any, run: Run) -> None:
    built, *told = run(_block(project, "upgrade.md", "wsis prepare"))
    assert built == "build", "the former images have the former migrations"
    assert sorted(told) == sorted(f"run --rm --no-deps {name} wsis prepare {name}" for name in project.services)


def test_an_upgrade_renews_rights_in_store_and_broker(project: Any, run: Run) -> None:
    """The second command reads what the first has made: the broker has that file mounted."""
    rights, definitions = run(_block(project, "upgrade.md", "import_definitions"))
    assert rights == "run --rm --no-deps prepared"
    broker, file = re.fullmatch(r"exec (\S+) rabbitmqctl import_definitions (\S+)", definitions).groups()  # type: ignore[union-attr]
    mounted = fragment(project.root / "deploy/compose.yaml")[broker]["volumes"]
    assert f"./.run/deploy/definitions.json:{file}:ro" in mounted


def test_compose_replaces_one_by_one_gateways_then_services_then_their_processes(project: Any, run: Run) -> None:
    told = run(_block(project, "compose.md", "gateway-0 gateway-1"))
    replaced = [line.removeprefix("up -d --no-deps --wait ") for line in told]
    gateways = [name for name in fragment(project.root / "deploy/compose.yaml") if name.startswith("gateway-")]
    files = [folder / "deploy/compose.yaml" for folder in project.services.values()]
    processes = sorted({name for file in files for name in fragment(file)} - set(project.services))
    assert replaced == [*gateways, *sorted(project.services), *processes]


def test_the_settings_of_identity_providers_are_read_as_the_page_has_them(project: Any, folder: Path, run: Run) -> None:
    """Both YAML files of the page, given by its commands."""
    page = (project.root / "docs/operate/sign-in.md").read_text("utf-8")
    for match in re.finditer(r"```yaml\n *# (?P<name>\S+)\n(?P<text>.*?) *```", page, re.DOTALL):
        (folder.parent / match["name"]).write_text(match["text"])
    load = "from wsis_accounts.settings import Settings as S; p = S.load().providers['itu']"
    block = _block(project, "sign-in.md", "WSIS_SIGN_IN_KEYS")
    run(f"{block}\n.venv/bin/python -c \"{load}; assert p.secret and p.names['fr'] == 'UIT', p\"")


COMPOSE = re.compile(r"deploy/compose ((?:--profile \w+ )?)(build|exec|logs|run|up|ps)\b([^`|\n]*)")
OPTIONS = re.compile(r"(?<!\S)(?:(?:--build-arg|--profile) \S+|-\S+|\$\(.*?\))")


def _pages(project: Any) -> dict[str, str]:
    """The manual of operators, with the runbooks."""
    found = [*(project.root / "docs/operate").glob("*.md"), *(project.root / "docs/runbooks").glob("*.md")]
    return {path.name: path.read_text("utf-8") for path in found}


def test_commands_name_containers_and_profiles_of_the_project(project: Any) -> None:
    files = [
        project.root / "deploy/compose.yaml",
        *(path / "deploy/compose.yaml" for path in project.services.values()),
    ]
    parts = {name: part for file in files for name, part in fragment(file).items()}
    profiles = {f"--profile {profile}" for part in parts.values() for profile in part.get("profiles", ())}
    wrong, seen = [], 0
    for page, text in _pages(project).items():
        for profile, verb, rest in COMPOSE.findall(text):
            seen += 1
            named = OPTIONS.sub("", rest.split("#")[0]).split()
            named = named[:1] if verb in ("exec", "run") else named
            if {each for each in named if "$" not in each} - set(parts) or {profile.strip()} - {"", *profiles}:
                wrong.append(f"{page}: {verb}{rest}")
    assert seen > 20
    assert wrong == []


def test_commands_name_workloads_of_the_chart(project: Any) -> None:
    files = [*(project.root / "deploy").glob("gateway*.values.yaml")]
    files += [folder / "deploy/values.yaml" for folder in project.services.values()]
    parts = {name for path in files for name in yaml.safe_load(path.read_text("utf-8"))["parts"]} | {"NAME"}
    named = {
        (page, kind, name)
        for page, text in _pages(project).items()
        for kind, name in re.findall(r"kubectl[^`\n]* (deploy|job)/wsis-([\w-]+)", text)
    }
    assert len(named) > 3
    jobs = {f"{part}-{job}" for part in parts for job in ("doctor", "migrations")}
    assert {each for each in named if each[2] not in (parts if each[1] == "deploy" else jobs)} == set()


def test_commands_for_a_cluster_name_the_namespace(project: Any) -> None:
    commands = {
        (page, command)
        for page, text in _pages(project).items()
        for command in re.findall(r"`((?:helm|kubectl) [^`\n]+)`", text)
    }
    assert len(commands) > 5
    assert {each for each in commands if not re.search(r" (-n|--namespace) wsis\b", each[1])} == set()
