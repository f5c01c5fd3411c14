"""`wsis backup` and `wsis restore`. Exit status 0, or 1 and a line that says what failed."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click
from wsis_shared import log
from wsis_shared.backup import BackupError, nightly, objects, reading, writing
from wsis_shared.backup.settings import Settings
from wsis_shared.cli import commands_of
from wsis_shared.plugin import discover

AFTER = "after-restore"  # the command of a plugin that judges what was restored
FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("to", required=False, type=FOLDER)
@click.option("--recipient", "recipients", multiple=True, help="Public key of age; else WSIS_BACKUP_RECIPIENTS")
@click.option("--unencrypted", is_flag=True, help="Write what everybody can read who gets the file")
@click.option("--nightly", "at", type=click.DateTime(["%H:%M"]), help="Each night at that time (UTC), for ever")
def backup(to: Path | None, recipients: tuple[str, ...], unencrypted: bool, at: datetime | None) -> None:
    """Write all databases, of one moment, with the public log and the broker's definitions, into one encrypted file in
    the folder TO (WSIS_BACKUP_DIR)."""
    settings = Settings.load()
    if recipients:
        settings = replace(settings, backup_recipients=recipients)
    folder = to or (Path(settings.backup_dir) if settings.backup_dir else None)
    if folder is None:
        raise click.UsageError("name the folder of backups: TO, or WSIS_BACKUP_DIR")
    if at:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # the first process of a container has no default for it
        log.setup("backup", settings.log_level)
        nightly.run(folder, settings, (at.hour, at.minute))
    with _failing("backup"):
        click.echo(writing.write(folder, settings, unencrypted=unencrypted))


@click.command()
@click.argument("file", type=FILE)
@click.option("--identity", type=FILE, help="File with the private key of age; else WSIS_BACKUP_IDENTITY")
@click.option("--check", "only_check", is_flag=True, help="Read FILE, compare it with its manifest, restore nothing")
@click.option("--broker", "with_broker", is_flag=True, help="Also the broker's definitions (WSIS_BACKUP_BROKER_URI)")
@click.option("--heads", type=FOLDER, help="Public log that people kept, a folder for each edition; else WSIS_LOG_DIR")
def restore(file: Path, identity: Path | None, only_check: bool, with_broker: bool, heads: Path | None) -> None:
    """Restore the backup FILE into an empty store (WSIS_MONGO_URI, as its administrator), and judge what is there."""
    settings = Settings.load()
    key = identity or (Path(settings.backup_identity) if settings.backup_identity else None)
    with _failing("restore"):
        with _step("checked") as said:
            found = reading.check(file, key)
            said.append(f"backup of {found.head['at']}, version {found.head['version']}")
            files = f", {len(found.files)} files of S3" if found.files else ""
            said.append(f"{len(found.collections)} collections, {found.documents} documents{files} as in the manifest")
        if only_check:
            return
        if found.files and not settings.blobs_uri:
            raise BackupError(f"{len(found.files)} files of {file} are of a store that speaks S3: set WSIS_BLOBS_URI")
        with reading.empty_store(settings.mongo_uri, settings.mongo_prefix) as client, _step("restored") as said:
            indexes = reading.restore(client, settings.mongo_prefix, found)
            said.append(f"{len(found.collections)} of {len(found.collections)} collections equal, {indexes} indexes")
        if found.files:
            with _step("files of S3") as said:
                said.append("{} written, {} there already".format(*objects.restore(found, settings.blobs_uri)))
        if settings.log_dir:
            written = sorted(reading.restore_log(found, Path(settings.log_dir)))
            kept = sorted(found.editions - set(written))
            click.echo(f"public log: written {', '.join(written) or '-'}; there already {', '.join(kept) or '-'}")
        if with_broker:
            reading.restore_broker(found, settings.backup_broker_uri)
            click.echo("broker: definitions made")
    refused = list(_judged(heads or (Path(settings.log_dir) if settings.log_dir else None)))
    for line in refused:
        click.echo(f"refused: {line}", err=True)
    if refused:
        click.echo(
            "restored, and not to be started: docs/runbooks/restore.md, While a voting is not certified", err=True
        )
        sys.exit(1)
    click.echo("next: deploy/mongo/users.py, start the services, `wsis check`, /readyz of each, then the gateway")


@contextmanager
def _failing(what: str) -> Iterator[None]:
    try:
        yield
    except BackupError as error:
        raise click.ClickException(f"{what} failed: {error}") from error


@contextmanager
def _step(name: str) -> Iterator[list[str]]:
    said: list[str] = []
    began = time.monotonic()
    yield said
    click.echo(f"{name} in {time.monotonic() - began:.1f} s: {'; '.join(said)}")


def _judged(heads: Path | None) -> Iterator[str]:
    """What plugins say against a start. One whose code is not installed here is named, for its command to be run."""
    for plugin in discover():
        if not plugin.commands:
            continue
        group = commands_of(plugin)
        if group is None:
            click.echo(f"not judged here: run `wsis {plugin.name} {AFTER}` in its image, if it has that", err=True)
            continue
        command = group.commands.get(AFTER) if isinstance(group, click.Group) else None
        if command is None:
            continue
        try:
            command.main([str(heads)] if heads else [], prog_name=f"wsis {plugin.name} {AFTER}", standalone_mode=False)
        except click.ClickException as error:
            yield f"{plugin.name}: {error.message}"
