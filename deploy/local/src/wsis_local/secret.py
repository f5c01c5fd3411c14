"""Secrets of a local stack: random, kept in its run directory, readable by nobody else.

Loopback is open to every user of a machine, so broker, store and mail catcher ask for a password each. It reaches our
processes in addresses of their environment, or by its file: never by a command line, which everybody can read.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

USER = "wsis"  # who the passwords are of


def kept_secret(path: Path, make: Callable[[int], str] = secrets.token_urlsafe) -> str:
    """The secret in the file, made at the first call: 43 characters that suit an address, or what `make` makes of 32
    random bytes."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = path.with_name(f"{path.name}.new")
        new.touch(mode=0o600)
        new.write_text(make(32))
        new.rename(path)  # a kill before that leaves no file, rather than an empty password
    return path.read_text()


def kept_login(folder: Path) -> str:
    """`user:password` of what has its data in the folder, for an address."""
    return f"{USER}:{kept_secret(folder / 'password')}"
