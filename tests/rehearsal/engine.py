"""podman of a rehearsal's own: its storage, networks and socket are in its folder, and end with it."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

from wsis_local.patience import factor

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".run/rehearsal"
LOGS = ROOT / ".run/rehearsal-logs"  # of the last rehearsal, which stay
INSTALLATION = ROOT / ".run/deploy"  # which deploy/compose makes
RUNTIME = Path("/run/wsis-rehearsal")
PACKAGES = (
    *("podman", "runc", "netavark", "aardvark-dns", "nftables", "catatonit", "docker-compose", "mmdebstrap"),
    *("curl", "npm", "iproute2"),
)
# Where cgroups are hybrid, crun fails and limits of the machine are higher than a container may have.
CONFIGURATION = f"""\
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=30000:30000"]
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_config_dir = "{FOLDER}/networks"
"""


class Failed(Exception):
    """A command that did not do what it should; the message has its last lines."""


class Engine:
    """`with Engine() as engine`: the service that Compose speaks to, and the health checks, which systemd runs
    elsewhere."""

    environment: dict[str, str]

    def __enter__(self) -> Self:
        if INSTALLATION.exists() and not FOLDER.exists():
            raise Failed(f"{INSTALLATION} is an installation's: rehearse in another clone")
        install()
        FOLDER.mkdir(parents=True, exist_ok=True)
        RUNTIME.mkdir(mode=0o700, exist_ok=True)
        (FOLDER / "containers.conf").write_text(CONFIGURATION)
        socket = f"unix://{RUNTIME}/podman.sock"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("WSIS_")},
            "CONTAINERS_CONF": str(FOLDER / "containers.conf"),
            "PODMAN_IGNORE_CGROUPSV1_WARNING": "1",
            "DOCKER_HOST": socket,
        }
        self._service = subprocess.Popen(
            [*self._podman(), "system", "service", "--time", "0", socket],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._over = threading.Event()
        self._checks = threading.Thread(target=self._check)
        self._checks.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def podman(self, *arguments: str | Path, seconds: float = 1800) -> str:
        """What a command of podman says. Raises Failed."""
        return run(*self._podman(), *arguments, environment=self.environment, seconds=seconds)

    def keep_logs(self) -> None:
        """Of all containers, for whoever asks why a figure fell short."""
        shutil.rmtree(LOGS, ignore_errors=True)
        LOGS.mkdir(parents=True)
        for name in self.podman("ps", "-a", "--format", "{{.Names}}").split():
            with (LOGS / f"{name}.log").open("wb") as file:
                command = [*self._podman(), "logs", "-t", name]
                subprocess.run(command, env=self.environment, stdout=file, stderr=file, timeout=300, check=False)

    def clean(self) -> None:
        """Delete containers, volumes, networks and images, and the passwords of all that."""
        self._end()  # whatever asks makes folders
        with suppress(Failed):
            self.podman("system", "reset", "--force")
        for folder in (INSTALLATION, FOLDER):
            shutil.rmtree(folder, ignore_errors=True)

    def _end(self) -> None:
        self._over.set()
        self._checks.join()
        self._service.terminate()
        self._service.wait()

    def _podman(self) -> list[str]:
        return [
            *("podman", "--root", str(FOLDER / "storage"), "--runroot", str(RUNTIME)),
            *("--tmpdir", str(RUNTIME / "tmp")),
        ]

    def _check(self) -> None:
        """Look at what has not been healthy yet, until the end."""
        states = ("--filter", "health=starting", "--filter", "health=unhealthy", "--filter", "status=running")
        while not self._over.wait(1):
            with suppress(Failed):
                for name in self.podman("ps", *states, "--format", "{{.Names}}").split():
                    with suppress(Failed):
                        self.podman("healthcheck", "run", name, seconds=30)


def run(*command: str | Path, environment: dict[str, str] | None = None, seconds: float = 1800) -> str:
    """What a command says on its standard output; `seconds` are those of a quiet machine. Raises Failed."""
    words, seconds = [str(word) for word in command], seconds * factor()
    try:
        done = subprocess.run(words, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired as late:
        raise Failed(f"{' '.join(words[:8])}: not within {seconds:.0f} s") from late
    if done.returncode:
        raise Failed(f"{' '.join(words[:8])}: {(done.stdout + done.stderr)[-1500:].strip()}")
    return done.stdout


def install() -> None:
    """What Debian has and this machine has not."""
    programs = ("podman", "runc", "nft", "catatonit", "docker-compose", "mmdebstrap", "curl", "npm", "ip")
    missing = [name for name in programs if not shutil.which(name)]
    if missing:
        print(f"rehearsal: installing {' '.join(PACKAGES)}", flush=True)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        run("apt-get", "update", "-q")
        run("apt-get", "install", "-qy", "--no-install-recommends", *PACKAGES, environment=quiet)
