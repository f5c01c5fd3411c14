"""`wsis backup --nightly 02:30`: a backup each night, by a process that says how old the newest one is."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from prometheus_client import Gauge
from wsis_shared import clock, probes
from wsis_shared.backup import BackupError
from wsis_shared.backup.settings import Settings
from wsis_shared.backup.writing import backups, write

DAY = timedelta(days=1)
AGAIN = timedelta(minutes=15)  # after a failure
NEWEST = Gauge("wsis_backup_newest_timestamp_seconds", "When the newest whole backup was made; 0: there is none")

_log = logging.getLogger(__name__)


def newest(folder: Path) -> float:
    """Seconds since 1970; 0 without a backup. It looks into the folder: one that was deleted does not count."""
    found = backups(folder)
    return found[0][0].timestamp() if found else 0.0


def next_time(now: datetime, hour: int, minute: int) -> datetime:
    """When that time of day (UTC) comes next."""
    today = now.astimezone(UTC).replace(hour=hour, minute=minute, second=0, microsecond=0)
    return today if today > now else today + DAY


def run(folder: Path, settings: Settings, at: tuple[int, int], *, wait: Callable[[float], None] = time.sleep) -> None:
    """For ever, and at once where the newest is a day old: the machine was off that night, or there is none yet. A
    failure is logged in a line, and tried again."""
    NEWEST.set_function(lambda: newest(folder))
    problems: Mapping[str, str] = {}
    if settings.metrics_port:
        probes.serve(settings.metrics_port, lambda: problems)
    now = clock.now()
    due = now if now.timestamp() - newest(folder) > DAY.total_seconds() else next_time(now, *at)
    while True:
        wait(max(0.0, (due - clock.now()).total_seconds()))
        try:
            _log.info("backup written", extra={"backup": str(write(folder, settings))})
            due = next_time(clock.now(), *at)
        except BackupError as error:
            _log.error("backup failed", extra={"error": str(error)})
            due = clock.now() + AGAIN
