"""The profiles `backup` and `restore` of the Compose project, as docs/runbooks/restore.md says: `make drill` loses the
store, here it is in use."""

from __future__ import annotations

import time

import pyrage
from tests.load.figures import Figure
from tests.rehearsal.alerts import wait_over
from tests.rehearsal.engine import FOLDER, Failed
from tests.rehearsal.project import Project
from wsis_local.patience import Deadline
from wsis_shared.backup.writing import NAME

KEY = FOLDER / "backup.key"  # of volumes that were kept too
MOST_SECONDS = 120


def settings() -> dict[str, str]:
    """Of the profile: for whom backups are encrypted."""
    if not KEY.exists():
        KEY.write_text(f"{pyrage.x25519.Identity.generate()}\n")  # the user 10001 reads it
    return {"WSIS_BACKUP_RECIPIENTS": str(pyrage.x25519.Identity.from_str(KEY.read_text().strip()).to_public())}


def backups(project: Project) -> list[Figure]:
    """One by the container that makes one each night, and at once where there is none; then what `restore` says of it.
    Raises Failed where none is made, or it is an alert all the same."""
    began = time.monotonic()
    project.compose("--profile", "backup", "up", "-d", "--no-deps", "--no-build", "--wait", "backup")
    deadline = Deadline(MOST_SECONDS)
    while not (names := _made(project)):
        if deadline.passed:
            raise Failed(f"no backup after {MOST_SECONDS} s: {project.compose('logs', '--tail', '5', 'backup')}")
        time.sleep(1)
    took = time.monotonic() - began
    said = _restored(project, names[-1])
    wait_over(project, {"BackupLate"})
    return [
        Figure("backup made after", took, "s", at_most=MOST_SECONDS),
        Figure("backups that restore cannot read", float("as in the manifest" not in said), "backups", at_most=0),
        Figure("stores in use that restore takes", float("the store is not empty" not in said), "stores", at_most=0),
    ]


def _made(project: Project) -> list[str]:
    """Oldest first."""
    return sorted(filter(NAME.fullmatch, project.inside("backup", "ls", "/var/lib/wsis/backups").split()))


def _restored(project: Project, name: str) -> str:
    """All that it says: it is to refuse."""
    command = ("run", "--rm", "--no-deps", "-T", "-v", f"{KEY}:/key:ro", "restore", name, "--identity", "/key")
    try:
        return project.compose(*command)
    except Failed as refused:
        return str(refused)
