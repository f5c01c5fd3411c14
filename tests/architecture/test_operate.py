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


def _block(project: Any, page: str, word: str, area: str = "operate") -> str:
    """The one of a page that has this word."""
    text = (project.root / "docs" / area / page).read_text("utf-8")
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


def test_rights_of_an_upgrade_on_kubernetes_are_made_by_all_commands_of_the_installation(
    project: Any, folder: Path, run: Run
) -> None:
    """A new part has no password before the first of them; what step 3 had the operator add is there after them."""
    block = _block(project, "kubernetes.md", "passwords.py").replace("HOST", "node.example")
    run(block)
    made = folder.parent / "wsis-secrets"
    with (made / "notifications.env").open("a") as file:
        file.write("WSIS_SMTP_URI=smtps://relay.example\n")
    kept = json.loads((made / "passwords.json").read_text("utf-8"))
    (made / "passwords.json").write_text(json.dumps({name: word for name, word in kept.items() if name != "prizes"}))
    run(block)
    assert "WSIS_SMTP_URI=smtps://relay.example\n" in (made / "notifications.env").read_text("utf-8")
    assert "prizes" in json.loads((made / "passwords.json").read_text("utf-8"))
    assert len(block.strip().splitlines()) == 3
    assert "run all three commands of\n   [step 2]" in (project.root / "docs/operate/upgrade.md").read_text("utf-8")


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


def test_an_upgrade_by_compose_replaces_all_that_has_an_image_or_a_file_of_ours(project: Any, run: Run) -> None:
    """A file of the source tree that was replaced is the former one to a container that runs. What a command runs once,
    and is not started again, is new each time."""
    told = run("".join(_block(project, "compose.md", word) for word in ("gateway-0 gateway-1", "--wait nginx")))
    files = [project.root / "deploy/compose.yaml"]
    files += [folder / "deploy/compose.yaml" for folder in project.services.values()]
    parts = {name: part for file in files for name, part in fragment(file).items() if part.get("restart") != "no"}
    mounted = {name for name, part in parts.items() if "./deploy/" in " ".join(part.get("volumes", ()))}
    with_image = {name for name, part in parts.items() if part.get("image", "").startswith("wsis-")}
    text = (project.root / "docs/operate/compose.md").read_text("utf-8")
    one_by_one = re.findall(r"--force-recreate --wait (rabbitmq-0) # then (.*)", text)
    listed = [name for line in told for name in line.partition("up -d ")[2].split() if not name.startswith("-")]
    listed += [name for first, others in one_by_one for name in (first, *others.split(", "))]
    assert {"nginx", "prometheus", "rabbitmq-0"} <= mounted
    assert {"backup", "voting"} <= with_image
    assert (mounted | with_image) - set(listed) == set()
    assert {name for name in parts if name.startswith(("mongo-", "rabbitmq-"))} <= set(listed)
    forced = {name for line in told if "--force-recreate" in line for name in line.split()}
    assert mounted - forced == {"rabbitmq-0"}, "the image is the same, the file is not"


def test_evidence_of_an_incident_is_kept_also_where_the_doctor_finds_something(
    project: Any, folder: Path, run: Run
) -> None:
    (folder / "deploy/compose").write_text(f'{NOTES}echo "$1 $4"\ncase "$*" in *doctor*) exit 1 ;; esac\n')
    told = run(_block(project, "incident.md", "mkdir"))
    assert [line.split()[0] for line in told] == ["logs", "ps", "run"]
    kept = {path.name: path.read_text("utf-8") for path in (folder.parent / "incident").iterdir()}
    assert {name: text.split()[0] for name, text in kept.items()} == {
        "logs.txt": "logs",
        "containers.txt": "ps",
        "doctor.json": "run",
    }


def test_the_settings_of_identity_providers_are_read_as_the_page_has_them(project: Any, folder: Path, run: Run) -> None:
    """Both YAML files of the page, given by its commands."""
    page = (project.root / "docs/operate/sign-in.md").read_text("utf-8")
    for match in re.finditer(r"```yaml\n *# (?P<name>\S+)\n(?P<text>.*?) *```", page, re.DOTALL):
        (folder.parent / match["name"]).write_text(match["text"])
    load = "from wsis_accounts.settings import Settings as S; p = S.load().providers['itu']"
    block = _block(project, "sign-in.md", "WSIS_SIGN_IN_KEYS")
    run(f"{block}\n.venv/bin/python -c \"{load}; assert p.secret and p.names['fr'] == 'UIT', p\"")


def test_the_password_of_root_is_changed_in_the_store_before_the_file_that_has_it(folder: Path, project: Any) -> None:
    """The script of `prepared` does not make that user, and signs in as it. Where the store refuses, the file stays."""
    kept = folder / ".run/deploy/passwords.json"
    kept.parent.mkdir(parents=True)
    notes = folder.parent / "notes"
    asked = f'printf "%s\\n" "$@" >{notes}; printf %s "$NEW" >{notes}.new; cp {kept} {notes}.kept'
    script = f'#!/bin/sh\ncase "$*" in *entrypoint*) {asked} ;; esac\n[ -z "$REFUSES" ]\n'
    (folder / "deploy/compose").write_text(script)
    block = _block(project, "stolen-access.md", "changeUserPassword", "runbooks")
    for refuses in ("yes", ""):
        kept.write_text(json.dumps(old := {"backup": "word", "root": "0a1b", "suite": "word"}, indent=2) + "\n")
        env = {**os.environ, "REFUSES": refuses}
        done = subprocess.run(["bash", "-uc", block], cwd=folder, env=env, capture_output=True, text=True)
        new = (folder.parent / "notes.new").read_text("utf-8")
        assert done.returncode == bool(refuses), done.stderr
        assert re.fullmatch(r"[0-9a-f]{48}", new)
        assert json.loads(kept.read_text("utf-8")) == (old if refuses else {**old, "root": new})
    told = notes.read_text("utf-8").splitlines()
    assert json.loads((folder.parent / "notes.kept").read_text("utf-8")) == old, "it signs in by the old one"
    assert told[told.index("prepared") :][:2] == ["prepared", "-c"]
    assert {"--env=NEW", "--entrypoint=bash"} <= set(told)
    with_words = {"MONGO_INITDB_ROOT_PASSWORD": "old", "NEW": new, "PATH": f"{folder.parent}/bin:{os.environ['PATH']}"}
    (folder.parent / "bin/mongosh").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    (folder.parent / "bin/mongosh").chmod(0o755)
    inside = subprocess.run(["bash", "-c", told[-1]], env=with_words, capture_output=True, text=True, check=True)
    quiet, address, evaluated, script = inside.stdout.splitlines()
    assert (quiet, evaluated, script) == ("--quiet", "--eval", 'db.changeUserPassword("root", process.env.NEW)')
    assert address.startswith("mongodb://root:old@mongo-0,mongo-1,mongo-2/admin?")


def test_a_leaked_password_of_who_a_plain_start_leaves_alone_has_its_own_commands(project: Any) -> None:
    """A container of a profile that goes on with the old one; who takes a password at its first start alone."""
    rows = re.findall(r"^\| (.*`.*) \| (.*) \| .*\|$", _pages(project)["runbooks/stolen-access.md"], re.MULTILINE)
    own = {match[1]: do for what, do in rows if (match := re.match(r"that of `(\w+)`", what))}
    compose = fragment(project.root / "deploy/compose.yaml")
    with_password = {
        name: part["profiles"]
        for name, part in compose.items()
        if "profiles" in part and part.get("restart") != "no" and f".run/deploy/{name}.env" in part.get("env_file", ())
    }
    assert {*own} == {"root", "grafana"}
    rotation = (project.root / "deploy/rotate").read_text("utf-8")
    for name, [profile] in with_password.items():
        if name in own:
            assert f"deploy/compose --profile {profile} up -d" in own[name]
        elif name != "alertmanager":  # whose file has that of the relay, which deploy/passwords.py does not make
            assert f"deploy/compose --profile {profile} up -d" in rotation
    assert {*with_password} >= {"backup", "grafana"}
    assert 'reset-admin-password "$GF_SECURITY_ADMIN_PASSWORD"' in own["grafana"]


COMPOSE = re.compile(r"deploy/compose ((?:--profile \w+ )*)(build|down|exec|logs|run|up|ps)\b([^`|\n]*)")
OPTIONS = re.compile(r"(?<!\S)(?:(?:--build-arg|--profile) \S+|-\S+|\$\(.*?\))")


def _pages(project: Any) -> dict[str, str]:
    """The manual of operators, with the runbooks."""
    found = [*(project.root / "docs/operate").glob("*.md"), *(project.root / "docs/runbooks").glob("*.md")]
    return {f"{path.parent.name}/{path.name}": path.read_text("utf-8") for path in found}


def test_commands_name_containers_and_profiles_of_the_project(project: Any) -> None:
    files = [
        project.root / "deploy/compose.yaml",
        *(path / "deploy/compose.yaml" for path in project.services.values()),
    ]
    parts = {name: part for file in files for name, part in fragment(file).items()}
    profiles = {f"--profile {profile}" for part in parts.values() for profile in part.get("profiles", ())}
    wrong, seen = [], 0
    for page, text in _pages(project).items():
        for chosen, verb, rest in COMPOSE.findall(text):
            seen += 1
            named = OPTIONS.sub("", re.split("[#>]", rest)[0]).split()
            named = named[:1] if verb in ("exec", "run") else named
            unknown = {*re.findall(r"--profile \w+", chosen)} - profiles
            if {each for each in named if "$" not in each} - set(parts) or unknown:
                wrong.append(f"{page}: {verb}{rest}")
    assert seen > 20
    assert wrong == []


def test_a_restore_starts_again_all_that_it_stops(project: Any) -> None:
    """Else there are no backups and no alerts from then on."""
    told = COMPOSE.findall(_block(project, "restore.md", " down\n", "runbooks"))
    [stopped] = [chosen for chosen, verb, _ in told if verb == "down"]
    assert stopped == "--profile backup --profile watch "
    assert [(chosen, rest.split("#")[0].split()) for chosen, verb, rest in told if verb == "up"][-1] == (
        stopped,
        ["-d", "--wait"],
    )


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


def test_passwords_are_replaced_in_three_steps_and_no_container_twice(project: Any, folder: Path, run: Run) -> None:
    """The commands of deploy/rotate. Which of the broker's users have gone it asks the broker."""
    listed = "voting\\t[]\\nvoting.2\\t[]\\nguest\\t[]\\n"
    running = "gateway-0 gateway-1 notifications notifications-inbound voting"
    (folder / "deploy/compose").write_text(
        f"""{NOTES}case "$*" in *list_users*) printf "{listed}" ;; *" ps "*) echo {running} ;; esac\n"""
    )
    made = folder / ".run/deploy"
    run(f".venv/bin/python deploy/passwords.py {made}")
    told = run("deploy/rotate voting notifications gateway")
    assert [line.split("--wait ")[1] for line in told if "--wait" in line] == [
        "voting",
        "notifications",
        "gateway-0",
        "gateway-1",
    ]
    imported = [number for number, line in enumerate(told) if "import_definitions" in line]
    rolled = [number for number, line in enumerate(told) if "--wait" in line]
    assert imported[0] < rolled[0]
    assert rolled[-1] < imported[-1]
    assert told[-1].endswith('delete_user "$user"; done bash voting')
    kept = json.loads((made / "passwords.json").read_text("utf-8"))
    assert {"voting.2", "notifications.2", "gateway.2", "prizes"} <= kept.keys()
    assert not {"voting", "notifications", "gateway", "prizes.2"} & kept.keys()
