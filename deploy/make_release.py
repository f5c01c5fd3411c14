"""Make what a version is given out as, twice, and compare: `make release`.

    python deploy/make_release.py [--key FILE]

Wheels, the chart and the changelog are made from the commit; the SBOMs, as the gate of licences, from what is installed
here and from this source tree, which must not differ from it. They are in dist/<version>, with their checksums and a
signature. It stops at the first thing that is not as it should be. Exit status: 0 or 1.

The key is one of SSH (ed25519), the signature that of `ssh-keygen -Y`: OpenSSH is kept everywhere and needs no network,
and who has signed is one line of a file. Without a key one is made for this run, and signs for nobody.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import sbom
import yaml

ROOT = Path(__file__).resolve().parents[1]
DIST, MANUAL = ROOT / "dist", ROOT / "docs/operate/release.md"
SIGNER, NAMESPACE = "wsis-release", "file"
SUMS = "SHA256SUMS"
REFUSED = re.compile(
    r"(?<![A-Z])A?GPL|GNU (Affero )?General Public|SSPL|Server Side Public|Commons Clause|BUSL|Elastic"
)
# Debian packages whose copyright file names a refused licence, and why an image may have them.
ACCEPTED = {"fonts-noto-core": "the fonts are under the OFL; the GPL is that of Debian's packaging, which no image has"}


class NotReleased(Exception):
    """There is no release. The message is one line that says what to do about it."""


def unchanged() -> None:
    """Raises NotReleased where the source tree is not that of the commit: the SBOMs would describe another one."""
    if changed := _run("git", "status", "--porcelain").decode().splitlines():
        named = ", ".join(line[3:] for line in changed[:3]) + (" and others" if len(changed) > 3 else "")
        raise NotReleased(f"not as in the commit: {named}. Commit, or release from another clone")


def version(tree: Path) -> str:
    """The one version of the distributions and of the chart, which the changelog describes. Raises NotReleased."""
    chart = yaml.safe_load((tree / "deploy/chart/Chart.yaml").read_text("utf-8"))
    found = {f"{name} of the chart": str(chart[name]) for name in ("version", "appVersion") if name in chart}
    values = yaml.safe_load((tree / "deploy/installation.values.yaml").read_text("utf-8"))
    found["the tag in the values"] = str(values["image"]["tag"])
    for folder in projects(tree):
        found[folder] = tomllib.loads((tree / folder / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    if len(set(found.values())) != 1:
        raise NotReleased(
            f"several versions: {', '.join(f'{name} {number}' for name, number in sorted(found.items()))}"
        )
    number = found["shared"]
    changelog = (tree / "CHANGELOG.md").read_text("utf-8")
    if not re.search(rf"^## \[{re.escape(number)}\] - \d{{4}}-\d\d-\d\d$", changelog, re.MULTILINE):
        raise NotReleased(f"CHANGELOG.md has no section `## [{number}] - YYYY-MM-DD`")
    return number


def projects(tree: Path) -> list[str]:
    """The folders of what production installs."""
    return [str(path.relative_to(ROOT)) for path in sbom.own().values() if (tree / path.relative_to(ROOT)).is_dir()]


def build(commit: str, moment: str, folder: Path) -> dict[str, bytes]:
    """Unpack the commit to a folder and make everything there: name -> content."""
    tree = folder / "tree"
    archive = _run("git", "archive", commit)
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(tree, filter="data")
    number = version(tree)
    clean = {"SOURCE_DATE_EPOCH": moment, "PYTHONHASHSEED": "random", "TZ": "UTC"}
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    wheel = (*pip, "wheel", "-q", "--no-deps", "--no-build-isolation", "--no-cache-dir", "-w", str(folder / "wheels"))
    _run(*wheel, *(f"./{name}" for name in projects(tree)), cwd=tree, env=clean)
    _run(sys.executable, "deploy/sbom.py", str(folder / "sbom/wsis.cdx.json"), "--images", cwd=ROOT, env=clean)
    made = {path.name: path.read_bytes() for path in sorted((folder / "wheels").glob("*.whl"))}
    made[f"wsis-chart-{number}.tgz"] = _archive(tree / "deploy/chart", int(moment))
    made |= {path.name: path.read_bytes() for path in sorted((folder / "sbom").iterdir())}
    made["CHANGELOG.md"] = (tree / "CHANGELOG.md").read_bytes()
    return made


def _archive(folder: Path, moment: int) -> bytes:
    """A folder as .tgz, with nothing in it that two machines have differently."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = tarfile.TarInfo(f"wsis/{path.relative_to(folder)}")
                entry.size, entry.mtime, entry.mode = path.stat().st_size, moment, 0o644
                tar.addfile(entry, io.BytesIO(path.read_bytes()))
    return gzip.compress(packed.getvalue(), mtime=0)


def refused_licences(document: Mapping[str, Any]) -> Iterator[str]:
    """What the SBOM lists for our images under a licence that none may have, or under none. Images of others are not
    ours; the base image is Debian's, with programs under the GPL that nothing of ours is linked to."""
    for component in document["components"]:
        name, kind = component["name"], component["bom-ref"].partition(":")[0]
        if component["type"] == "container":
            continue
        said = " ".join(_debian(name) if kind == "debian" else _licences(component))
        if not said:
            yield f"{name}: no licence is known"
        elif REFUSED.search(said) and name not in ACCEPTED:
            yield f"{name}: {said}"


def _licences(component: Mapping[str, Any]) -> Iterator[str]:
    for one in component.get("licenses", ()):
        yield one.get("expression") or one["license"].get("id") or one["license"]["name"]


def _debian(package: str) -> Iterator[str]:
    """Of a package that is installed here, as images install it."""
    path = Path("/usr/share/doc", package, "copyright")
    if path.exists():
        yield from sorted(set(re.findall(r"^License: *(\S.*)$", path.read_text("utf-8"), re.MULTILINE)))


def sign(folder: Path, key: Path) -> None:
    """Write checksums, their signature, and who may have signed."""
    sums = "".join(f"{_digest(path.read_bytes())}  {path.name}\n" for path in sorted(folder.iterdir()))
    (folder / SUMS).write_text(sums, "utf-8")
    public = _run("ssh-keygen", "-y", "-f", str(key)).decode().split()
    (folder / "allowed_signers").write_text(f'{SIGNER} namespaces="{NAMESPACE}" {public[0]} {public[1]}\n', "utf-8")
    _run("ssh-keygen", "-q", "-Y", "sign", "-f", str(key), "-n", NAMESPACE, str(folder / SUMS))


def verify(folder: Path) -> bool:
    """Are signature and checksums good? By the commands that the manual has for those who get a release."""
    _, _, section = MANUAL.read_text("utf-8").partition("## Check what you received")
    [commands] = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    return subprocess.run(("sh", "-euc", commands), cwd=folder, capture_output=True).returncode == 0


def _refuses_changes(folder: Path, scratch: Path) -> None:
    """Raises NotReleased when a changed file, or changed checksums, pass for signed."""
    for name in (SUMS, "wsis.cdx.json"):
        changed = scratch / f"changed-{name}"
        shutil.copytree(folder, changed)
        (changed / name).write_bytes((changed / name).read_bytes() + b"\n")
        if verify(changed):
            raise NotReleased(f"{name} was changed, and the signature is good all the same")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _run(*command: str, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> bytes:
    done = subprocess.run(command, cwd=cwd, env={**os.environ, **(env or {})}, capture_output=True)
    if done.returncode:
        raise NotReleased(f"{' '.join(command[:4])} ...: {done.stderr.decode(errors='replace').strip()[-800:]}")
    return done.stdout


def main() -> int:
    """Make, compare, sign, verify; print each step."""
    parser = argparse.ArgumentParser(prog="make release", description=__doc__)
    parser.add_argument("--key", type=Path, metavar="FILE", help="private key of SSH, ed25519 [one of this run]")
    chosen = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="wsis-release-") as scratch:
            _make(chosen.key, Path(scratch))
    except NotReleased as error:
        print(f"release: NOT made: {error}")
        return 1
    return 0


def _make(key: Path | None, scratch: Path) -> None:
    unchanged()
    commit = _run("git", "rev-parse", "HEAD").decode().strip()
    moment = _run("git", "show", "-s", "--format=%ct", commit).decode().strip()
    first, second = (build(commit, moment, scratch / name) for name in ("first", "another"))
    differ = sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))
    if differ:
        raise NotReleased(f"two builds differ: {', '.join(differ)}")
    [number] = {name.split("-")[1] for name in first if name.endswith(".whl")}
    print(f"version {number}, commit {commit[:12]}: {len(first)} files, two builds are equal", flush=True)
    document = sbom.document()
    if wrong := list(refused_licences(document)):
        raise NotReleased(f"licences: {'; '.join(wrong)}")
    print(f"licences: {len(document['components'])} components, none refused")
    for name, reason in ACCEPTED.items():
        print(f"  {name}: {reason}")
    folder = DIST / number
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, content in first.items():
        (folder / name).write_bytes(content)
    if key is None:
        key = scratch / "key"
        _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(key))
        print("signed by a key of this run alone: KEY=<file> gives that of the project")
    sign(folder, key)
    if not verify(folder):
        raise NotReleased("the signature is not good")
    _refuses_changes(folder, scratch)
    print(f"{SUMS} {_digest((folder / SUMS).read_bytes())}, signature good, changed files refused")
    print(f"release {number} made: {folder.relative_to(ROOT)}")


if __name__ == "__main__":
    sys.exit(main())
