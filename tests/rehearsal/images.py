"""Images of a rehearsal: those of the registries where one is reached, else stand-ins of Debian's packages under the
same names; and ours, built by deploy/Dockerfile."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import yaml
from tests.rehearsal.engine import FOLDER, ROOT, Engine, Failed, run
from tests.rehearsal.project import WATCH

HERE = Path(__file__).parent
PULL_SECONDS = 600
CERTIFICATES = Path("/etc/ssl/certs")
# As the slim image of Python: neither manuals nor translations, no cache of packages.
SLIM = (
    "path-exclude=/usr/share/man/*",
    "path-exclude=/usr/share/locale/*",
    "path-exclude=/usr/share/doc/*",
    "path-include=/usr/share/doc/*/copyright",
)
BASE = """\
FROM scratch
ADD base.tar /
RUN printf 'APT::Keep-Downloaded-Packages "false";\\nDir::Cache::pkgcache "";\\nDir::Cache::srcpkgcache "";\\n' \
    > /etc/apt/apt.conf.d/image && python3 -m venv /usr/local
"""


def services() -> list[str]:
    """Whose images are built."""
    return ["gateway", *sorted(path.parents[1].name for path in ROOT.glob("services/*/deploy/compose.yaml"))]


def provide(engine: Engine) -> bool:
    """Get what ours are built from and stand beside. Returns whether stand-ins had to do."""
    base, others = _base(), _others()
    if all(_there(engine, name) for name in (base, *others)):
        return (FOLDER / "stand-ins").exists()
    try:
        for name in (base, *others):
            engine.podman("pull", "-q", "--retry", "0", f"docker.io/{_full(name)}", seconds=PULL_SECONDS)
    except Failed:
        _stand_in(engine, base, others)
        return True
    return False


def build(engine: Engine, service: str) -> float:
    """Build one of ours. Returns its size in MB."""
    name = f"docker.io/library/wsis-{service}:dev"
    # pip in the image trusts whom this machine trusts.
    (FOLDER / "pip.conf").write_text(f"[global]\ncert = {CERTIFICATES}/ca-certificates.crt\n")
    mounts = ("-v", f"{CERTIFICATES}:{CERTIFICATES}:ro", "-v", f"{FOLDER}/pip.conf:/etc/pip.conf:ro")
    options = ("--format", "docker", "--network", "host", "--pull=never", *mounts)
    engine.podman(
        "build", "-q", *options, "-f", "deploy/Dockerfile", "--build-arg", f"SERVICE={service}", "-t", name, "."
    )
    return int(engine.podman("image", "inspect", "--format", "{{.Size}}", name)) / 1e6


def _base() -> str:
    text = (ROOT / "deploy/Dockerfile").read_text("utf-8")
    [python] = re.findall(r"^ARG PYTHON=(\S+)$", text, re.MULTILINE)
    return f"python:{python}-slim"


def _others() -> list[str]:
    parts = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text("utf-8"))["services"]
    run = (part for name, part in parts.items() if "profiles" not in part or name in WATCH)
    used = {part["image"] for part in run if "image" in part}
    return sorted(name for name in used if not name.startswith("wsis-"))


def _full(name: str) -> str:
    return name if "/" in name else f"library/{name}"


def _there(engine: Engine, name: str) -> bool:
    try:
        engine.podman("image", "exists", f"docker.io/{_full(name)}")
    except Failed:
        return False
    return True


def _stand_in(engine: Engine, base: str, others: list[str]) -> None:
    print(
        "rehearsal: no registry is reached, Debian's packages stand in for Python and all that is not ours", flush=True
    )
    slim = FOLDER / "base"
    slim.mkdir(exist_ok=True)
    packages = "--include=python3,python3-venv,ca-certificates"
    run("mmdebstrap", "--variant=minbase", packages, *(f"--dpkgopt={one}" for one in SLIM), "trixie", slim / "base.tar")
    (slim / "Dockerfile").write_text(BASE)
    engine.podman("build", "-q", "--network", "host", "-t", f"docker.io/{_full(base)}", slim)
    beside = FOLDER / "beside"
    shutil.copytree(HERE / "stand_ins", beside, dirs_exist_ok=True)
    run("npm", "install", "--prefix", beside, *("--ignore-scripts", "--no-audit", "--no-fund", "mongosh"))
    tags = [word for name in others for word in ("-t", f"docker.io/{_full(name)}")]
    engine.podman("build", "-q", "--network", "host", *tags, beside)
    (FOLDER / "stand-ins").touch()
