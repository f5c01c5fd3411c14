"""The settings of backups."""

from __future__ import annotations

from dataclasses import dataclass

from wsis_shared.settings import Suite, setting


@dataclass(frozen=True)
class Settings(Suite):
    """What `wsis backup` and `wsis restore` read."""

    backup_dir: str = setting("", "Folder of the backups")
    backup_recipients: tuple[str, ...] = setting(
        (), "Public keys of age (age1...) that a backup is encrypted to; without one none is written unless told to"
    )
    backup_identity: str = setting("", "File with the private key of age that reads a backup; where one restores alone")
    backup_keep: int = setting(14, "Newest files that a backup leaves in WSIS_BACKUP_DIR; 0: all")
    backup_broker_uri: str = setting(
        "",
        "Management API of the broker, http://USER:PASSWORD@HOST:15672; empty: its definitions are left out",
        secret=True,
    )
    log_dir: str = setting("", "Folder for the public log as static files, one below it for each edition; empty: none")
