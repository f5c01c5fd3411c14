"""The definitions of the broker, by its management API: users with the hashes of their passwords, rights, queues."""

from __future__ import annotations

import urllib.error
import urllib.request
from base64 import b64encode
from urllib.parse import unquote, urlsplit, urlunsplit

from wsis_shared.backup import BackupError

TIMEOUT = 30.0  # seconds


def definitions(uri: str) -> bytes:
    """As JSON. Raises BackupError."""
    return _ask(uri, None)


def restore(uri: str, document: bytes) -> None:
    """Make what the definitions name; what is there already stays. Raises BackupError."""
    _ask(uri, document)


def _ask(uri: str, document: bytes | None) -> bytes:
    parts = urlsplit(uri)
    if parts.scheme not in ("http", "https"):
        raise BackupError("WSIS_BACKUP_BROKER_URI must begin with http:// or https://")
    login = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}".encode()
    request = urllib.request.Request(  # noqa: S310 -- http or https, see above
        urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], "/api/definitions", "", "")),
        method="GET" if document is None else "POST",
        data=document,
        headers={"Authorization": f"Basic {b64encode(login).decode()}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 -- same
            found: bytes = answer.read()
            return found
    except urllib.error.HTTPError as error:
        raise BackupError(
            f"the broker refuses its definitions: {error.code}, its user needs the tag administrator"
        ) from None
    except OSError as error:
        raise BackupError(f"the broker's management API does not answer: {error}") from error
