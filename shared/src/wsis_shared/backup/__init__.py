"""One file with all that an installation cannot make again, and the way back (docs/runbooks/restore.md).

`wsis backup` reads the databases of all services, of one moment, by a snapshot session of MongoDB. The file is a tar,
compressed by gzip and encrypted by age, so that what restores it in the worst case is on every machine:

    age -d -i KEY FILE | tar xz

    backup.json                        when, by which version, and each collection with its options and indexes
    public-log/...                     the static files of the public log, read before the store: never ahead of it
    store/<database>/<collection>/*.bson   documents by _id, as `bsondump` and `mongorestore` read them
    files/<plugin>/<id>                bytes of files in a store that speaks S3; those in GridFS are documents
    broker.json                        the broker's definitions
    manifest.json                      documents, bytes and SHA-256 of all of these; a file without it is not whole
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

FORMAT = 1
HEAD, MANIFEST, BROKER = "backup.json", "manifest.json", "broker.json"
LOG, STORE, FILES = "public-log", "store", "files"
MARKS = ".*restored"  # see `restored_mark`


def restored_mark(edition: str = "") -> str:
    """The name of a file in the folder of the public log: that edition's files are of a backup, and prove nothing of
    what was published. Without one, of all editions: the folder was empty."""
    return f".{edition}.restored" if edition else ".restored"


class BackupError(Exception):
    """What failed, in a line for whoever is on call."""


class Described(TypedDict):
    """A collection, but for its documents."""

    name: str
    options: Mapping[str, object]
    indexes: Sequence[Mapping[str, object]]


class Head(TypedDict):
    """backup.json. `databases`, and `migrations` (rows of `schema_versions`), by name without the prefix; `broker`: are
    its definitions here?"""

    format: int
    at: str
    version: str
    databases: Mapping[str, Sequence[Described]]
    migrations: Mapping[str, Sequence[Mapping[str, object]]]
    broker: bool


class Sum(TypedDict):
    """What manifest.json says of a file, or of all files of a collection. Files of other kinds have no documents."""

    documents: int
    bytes: int
    sha256: str
