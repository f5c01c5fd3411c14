"""`python -m tests.chart.pods FILE`: each Deployment of a rendered chart as a pod of podman, until it is ready.

It has the user, the read-only root, the capabilities, volumes, limits and settings of its manifest, and no network but
its own loopback, with a broker and a store (`wsis around`). In place of an image it gets the programs and libraries of
this machine, mounted read-only: what images hold, the rehearsal tries. Prints the seconds of each. Needs root.
"""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import yaml
from tests.rehearsal.engine import CONFIGURATION, ROOT, Failed, install, run
from wsis_local.patience import Deadline
from wsis_local.ports import LOOPBACK

FOLDER, RUNTIME = ROOT / ".run/pods", Path("/run/wsis-pods")
READY_SECONDS = 120
HERE = {"WSIS_AMQP_URI": "WSIS_AMQP_URI", "WSIS_SMTP_URI": "WSIS_SMTP_URI"} | dict.fromkeys(
    ("WSIS_MONGO_URI", "WSIS_LIMITS_URI"), "WSIS_MONGO_URI"
)  # setting -> that of `wsis around` which takes its place
DOCKERFILE = (ROOT / "deploy/Dockerfile").read_text("utf-8").rpartition("\nFROM ")[2]
ENVIRONMENT = re.findall(r"((?:WSIS|PYTHON)\w+=\S+)", DOCKERFILE)  # which the chart leaves to the image
OWNED = re.findall(r"(?<= )/var/lib/wsis/\S+", DOCKERFILE)  # by the user of the image
PATH = f"{ROOT}/.venv/bin:/usr/sbin:/usr/bin"
MACHINE = tuple(dict.fromkeys(("/usr", "/etc/ssl", str(ROOT), sys.base_prefix)))
WRITTEN = re.compile("Read-only file system|Permission denied")
Manifest = dict[str, Any]


def main(file: str) -> int:
    """Play each in turn. Exit status: 0 when all were ready, 1 otherwise."""
    manifests = [one for one in yaml.safe_load_all(Path(file).read_text("utf-8")) if one]
    names = [one["metadata"]["name"] for one in manifests if one["kind"] == "Deployment"]
    if not shutil.which("nginx", path=PATH):  # of Debian's nginx-light, which would serve this machine once installed
        names.remove("wsis-public-log")
        print("wsis-public-log: not run, this machine has no nginx")
    failed = 0
    with Pods() as pods:
        for name in names:
            try:
                print(f"{name}: ready in {pods.play(manifests, name):.0f} s", flush=True)
            except Failed as failure:
                failed += 1
                print(f"{name}: {failure}", flush=True)
    print(f"pods: {len(names) - failed} of {len(names)} ready, read-only, without capabilities")
    return bool(failed)


def played(file: Path) -> bool:
    """The same in a network of its own, where all ports are free. Whether all were ready."""
    install()  # from there nothing is reached
    command = (ROOT / ".venv/bin/wsis", "around", "--", sys.executable, "-m", "tests.chart.pods", file)
    inside = ("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")
    return subprocess.run((*inside, *map(str, command)), cwd=ROOT).returncode == 0


class Pods:
    """Its storage is gone at the end, with all that it played."""

    def __enter__(self) -> Self:
        self._delete()
        for folder in (FOLDER, RUNTIME):
            folder.mkdir(parents=True, mode=0o700)
        configuration = FOLDER / "containers.conf"
        configuration.write_text(re.sub('(?<=network_config_dir = ").*(?=")', f"{FOLDER}/networks", CONFIGURATION))
        settings = {name: value for name, value in os.environ.items() if not name.startswith("WSIS_")}
        self._environment = settings | {"CONTAINERS_CONF": str(configuration), "PODMAN_IGNORE_CGROUPSV1_WARNING": "1"}
        _write_root(FOLDER / "root.tar")
        run(sys.executable, "deploy/passwords.py", FOLDER / "secrets", "--private-network")
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(Failed):
            self._podman("system", "reset", "--force")
        self._delete()

    def play(self, manifests: list[Manifest], name: str) -> float:
        """Start the Deployment of this name with what its pod mounts, look at it when it is ready, and stop it. Returns
        the seconds until then. Raises Failed."""
        beside, pod = _of_pod(manifests, name)
        [container] = pod["spec"]["template"]["spec"]["containers"]
        self._make_image(container)
        file, began, running = FOLDER / f"{name}.yaml", time.monotonic(), f"{name}-pod-{container['name']}"
        file.write_text(yaml.safe_dump_all([*beside, pod]))
        try:
            self._podman("kube", "play", "--network", "host", file)
            self._wait_ready(_probe(container), running)
            taken = time.monotonic() - began
            self._look(running)
        finally:
            with suppress(Failed):
                self._podman("kube", "down", file)
        return taken

    def _make_image(self, container: Manifest) -> None:
        name, is_ours = container["image"], "envFrom" in container
        environment = [f"SERVICE={_service(name)}", f"PATH=/wsis:{PATH}", *ENVIRONMENT]
        command = ["start"] if is_ours else ["nginx", "-g", "daemon off;"]
        changes = [word for one in environment for word in ("-c", f"ENV {one}")]
        full = name if "/" in name else f"docker.io/library/{name}"
        self._podman("import", "-q", *changes, "-c", f"CMD {json.dumps(command)}", FOLDER / "root.tar", full)

    def _wait_ready(self, uri: str, running: str) -> None:
        deadline = Deadline(READY_SECONDS)
        while not _answers(uri):
            if deadline.passed:
                said = self._podman("logs", "--tail", "5", running)
                raise Failed(f"not ready within {READY_SECONDS} s: {said[-1500:].strip()}")
            time.sleep(0.5)

    def _look(self, running: str) -> None:
        """It runs as the chart has it, and has tried to write nothing but what it may."""
        is_so = "{{.HostConfig.ReadonlyRootfs}} {{.Config.User}} {{.EffectiveCaps}}"
        if (found := self._podman("inspect", "--format", is_so, running).strip()) != "true 10001:10001 []":
            raise Failed(f"read-only, user, capabilities: {found}")
        if tried := WRITTEN.search(self._podman("logs", running)):
            raise Failed(f"its log has: {tried.group()}")

    def _podman(self, *arguments: str | Path) -> str:
        own = ("--root", FOLDER / "storage", "--runroot", RUNTIME, "--tmpdir", RUNTIME / "tmp")
        return run("podman", *own, *arguments, environment=self._environment)

    @staticmethod
    def _delete() -> None:
        for folder in (FOLDER, RUNTIME):
            shutil.rmtree(folder, ignore_errors=True)


def _of_pod(manifests: list[Manifest], name: str) -> tuple[list[Manifest], Manifest]:
    """What it needs, and the Deployment as podman takes it, with the folders of this machine. podman leaves probes to
    timers of systemd: here they are asked from outside."""
    [found] = [one for one in manifests if (one["kind"], one["metadata"]["name"]) == ("Deployment", name)]
    pod = copy.deepcopy(found)
    pod["spec"]["replicas"] = 1
    spec = pod["spec"]["template"]["spec"]
    [container] = spec["containers"]
    container.pop("startupProbe"), container.pop("livenessProbe")
    for number, path in enumerate(MACHINE):
        spec["volumes"].append({"name": f"machine-{number}", "hostPath": {"path": path}})
        container["volumeMounts"].append({"name": f"machine-{number}", "mountPath": path, "readOnly": True})
    mounted = {
        (kind, each[key][field])
        for each in spec["volumes"]
        for kind, key, field in (
            ("ConfigMap", "configMap", "name"),
            ("PersistentVolumeClaim", "persistentVolumeClaim", "claimName"),
        )
        if key in each
    }
    beside = [one for one in manifests if (one["kind"], one["metadata"]["name"]) in mounted]
    return [*beside, *_secrets(container)], pod


def _secrets(container: Manifest) -> Iterator[Manifest]:
    """As the manual makes them, but for broker, store and relay."""
    for each in container.get("envFrom", ()):
        name = each["secretRef"]["name"]
        lines = (FOLDER / f"secrets/{name.removeprefix('wsis-')}.env").read_text("utf-8").splitlines()
        settings = {setting: value for setting, _, value in (line.partition("=") for line in lines)}
        settings |= {setting: os.environ[other] for setting, other in HERE.items()}
        yield {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": settings}


def _service(image: str) -> str:
    return image.rpartition("/")[2].partition(":")[0].removeprefix("wsis-")


def _probe(container: Manifest) -> str:
    asked = container["readinessProbe"]["httpGet"]
    ports = {each["name"]: each["containerPort"] for each in container["ports"]}
    return f"http://{LOOPBACK}:{ports[asked['port']]}{asked['path']}"


def _answers(uri: str) -> bool:
    try:
        with urllib.request.urlopen(uri, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _write_root(file: Path) -> None:
    """The root of an image: links and folders on which this machine's are mounted, and the command of a container."""
    with tarfile.open(file, "w") as root:
        for name in ("bin", "lib", "lib64", "sbin"):
            _add(root, name, type=tarfile.SYMTYPE, linkname=f"usr/{name}")
        _add(root, "tmp", type=tarfile.DIRTYPE, mode=0o1777)
        for name in OWNED:
            _add(root, name.lstrip("/"), type=tarfile.DIRTYPE, mode=0o755, uid=10001, gid=10001)
        root.add(ROOT / "deploy/start", "wsis/start")


def _add(root: tarfile.TarFile, name: str, **fields: object) -> None:
    entry = tarfile.TarInfo(name)
    for field, value in fields.items():
        setattr(entry, field, value)
    root.addfile(entry)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
