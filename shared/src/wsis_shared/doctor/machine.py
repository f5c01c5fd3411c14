"""What the machine of a process has to have: folders, space, distributions that fit each other."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from wsis_shared.backup.writing import backups
from wsis_shared.doctor import Finding
from wsis_shared.settings import PREFIX, Settings

LEAST_FREE = 0.1  # of a disk
LATEST_BACKUP = timedelta(hours=26)  # as the alert BackupLate has it (deploy/prometheus/rules.yml)
OURS = "wsis-"  # begins the names of our distributions


def folders(parts: Iterable[Settings]) -> list[Finding]:
    """Those that settings name, as WSIS_LOG_DIR does, and the one for temporary files."""
    named = {
        f"{PREFIX}{item.name.upper()}": str(getattr(part, item.name))
        for part in parts
        for item in fields(part)
        if item.name.endswith("_dir") and getattr(part, item.name)
    }
    found = []
    for name, folder in {**named, "TMPDIR": tempfile.gettempdir()}.items():
        found += writable(name, Path(folder)) or room(
            name, shutil.disk_usage(folder).free, shutil.disk_usage(folder).total
        )
    return found


def writable(name: str, folder: Path) -> list[Finding]:
    """`name` is the setting of the folder."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return []
    except OSError as error:
        said = error.strerror or type(error).__name__
        fix = "mount a volume there that the user of this process may write to (10001 in images)"
        return [Finding("machine", f"{folder} ({name}) cannot be written to: {said}", fix)]


def room(name: str, free: int, total: int) -> list[Finding]:
    """`free` and `total` in bytes."""
    if free >= LEAST_FREE * total:
        return []
    return [
        Finding("machine", f"the disk of {name} has {free / total:.0%} left", "make room, or give it a larger disk")
    ]


def backup(folder: str, now: datetime) -> list[Finding]:
    """The age of the newest one in a folder; "" where backups are no matter of this process."""
    made = [when for when, _ in backups(Path(folder))] if folder else [now]
    if made and now - made[0] < LATEST_BACKUP:
        return []
    problem = f"the newest backup in {folder} is of {made[0]:%Y-%m-%d %H:%M} UTC" if made else f"no backup in {folder}"
    return [Finding("machine", problem, "`wsis backup` says why it fails: docs/runbooks/restore.md")]


def of_distributions() -> Iterator[Finding]:
    """What is installed fits what our distributions require of it."""
    there = {str(canonicalize_name(each.name)): each for each in distributions()}
    versions = {name: each.version for name, each in there.items()}
    for name, each in there.items():
        if name.startswith(OURS):
            yield from unmet(f"{name} {each.version}", each.requires or (), versions)


def unmet(of: str, requirements: Iterable[str], versions: Mapping[str, str]) -> Iterator[Finding]:
    """Those that are installed in another version. Of the services of other images only the manifest is installed, and
    nothing that they require."""
    for requirement in map(Requirement, requirements):
        version = versions.get(canonicalize_name(requirement.name))
        if version and not requirement.specifier.contains(version, prereleases=True):
            problem = f"{of} requires {requirement.name}{requirement.specifier}, and {version} is installed"
            yield Finding("machine", problem, "build the image anew, with all parts of one tag and its constraints.txt")


def manifests(rejected: Mapping[str, str]) -> list[Finding]:
    """Those that do not load: their routes, mails and queues are missing."""
    fix = "`wsis check` says more; install it in the version of the others"
    return [Finding("machine", f"the manifest of {name} does not load: {why}", fix) for name, why in rejected.items()]
