"""The users of the store and their rights, for production (deploy/mongo/users.py) and for local stacks (wsis_local).

A service has rights to its own database and its own files in the database of blobs, a further process the rights of its
`needs`, and the gateway rights to all files and to the counters of rate limits. In MongoDB those counters have a
database of their own. Backups read all of these, and write nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict

from wsis_shared.blobs.store import DATABASE as BLOBS
from wsis_shared.plugin import DiscoveryResult
from wsis_shared.process import Process

LIMITS = "limits"
BACKUP = "backup"  # the user of `wsis backup`
_FILES = ["find", "insert", "update", "remove", "createIndex"]


class Granted(TypedDict):
    """A role in a database."""

    role: str
    db: str


class Privilege(TypedDict):
    """What a role may do with a collection."""

    resource: dict[str, str]
    actions: list[str]


class FileRole(TypedDict):
    """The role for the files of a service, which has its name, and the database where it is."""

    role: str
    db: str
    privileges: list[Privilege]
    roles: list[Granted]


class User(TypedDict):
    """A user of the store, with its authentication database (`own`)."""

    user: str
    own: str
    roles: list[Granted]


def file_roles(found: DiscoveryResult, prefix: str) -> Iterator[FileRole]:
    """One per service."""
    blobs = prefix + BLOBS
    for plugin in found:
        privileges: list[Privilege] = [
            {"resource": {"db": blobs, "collection": f"{plugin.name}.{kind}"}, "actions": _FILES}
            for kind in ("files", "chunks")
        ]
        yield {"role": plugin.name, "db": blobs, "privileges": privileges, "roles": []}


def users(found: DiscoveryResult, prefix: str) -> Iterator[User]:
    """Those of services, their further processes, the gateway and backups."""
    blobs = prefix + BLOBS
    for plugin in found:
        own = prefix + plugin.name
        both = [_role("readWrite", own), _role(plugin.name, blobs)]
        yield {"user": plugin.name, "own": own, "roles": both}
        for process in plugin.processes:
            roles = [_role("readWrite", own)] if "store" in process.needs else []
            roles += [_role(owner, blobs) for owner in _files_of(plugin.name, process, found)]
            yield {"user": process.full_name(plugin.name), "own": own, "roles": roles}
    yield {
        "user": "gateway",
        "own": blobs,
        "roles": [_role("readWrite", blobs), _role("readWrite", prefix + LIMITS)],  # WSIS_LIMITS_URI may lead here
    }
    databases = [*(prefix + plugin.name for plugin in found), blobs, prefix + LIMITS]
    yield {"user": BACKUP, "own": blobs, "roles": [_role("read", name) for name in databases]}


def _files_of(service: str, process: Process, found: DiscoveryResult) -> list[str]:
    own = [service] if "blobs" in process.needs else []
    mail = [plugin.name for plugin in found if plugin.mailboxes] if "smtp_in" in process.needs else []
    return sorted({*own, *mail})


def _role(role: str, db: str) -> Granted:
    return {"role": role, "db": db}
