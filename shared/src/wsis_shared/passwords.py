"""`passwords.json` of an installation: user of broker and store -> password; and other secrets, by their names.

A server knows one password of a user. So that one can be replaced while everything runs, a part has a further user
meanwhile: beside `voting` comes `voting.2`, later `voting.3`. The last one is in use, the former goes when no process
uses it any more.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import sys
from collections.abc import Iterable
from pathlib import Path

# Of no user that a manifest gives: the administrator of the store, the key of its members, the cookie of the nodes of
# the broker, Grafana's administrator, and last WSIS_SECRET, which nobody removes: without the last line of the file the
# one before it ends with a comma.
OTHERS = ("root", "keyfile", "cookie", "grafana", "suite")
_NUMBER = re.compile(r"\.(\d+)$")


class Passwords(dict[str, str]):
    """User -> password. A name that is missing ends the program with what to run."""

    def __missing__(self, name: str) -> str:
        sys.exit(f"passwords.json has no {name}: run deploy/passwords.py")

    def users_of(self, part: str) -> list[str]:
        """The users of a part, the one in use last; its name alone where there is none yet."""
        return sorted((user for user in self if part_of(user) == part), key=_number) or [part]

    def user_of(self, part: str) -> str:
        """The user that the part has to use."""
        return self.users_of(part)[-1]

    def made(self, parts: Iterable[str]) -> Passwords:
        """With a password for each of `parts` that had none, in their order; then what else there is."""
        users = [user for part in parts for user in self.users_of(part)]
        return Passwords({user: self.get(user) or _new() for user in users} | self)

    def begun(self, parts: Iterable[str]) -> Passwords:
        """With a further user for each of `parts` that has one: a replacement that was begun goes on. They stand first,
        since the last line is that of the suite."""
        further: dict[str, str] = {}
        for part in parts:
            user = self.user_of(part)
            if self[user] and len(self.users_of(part)) == 1:  # where it is missing, this ends the program
                further[f"{part}.{_number(user) + 1}"] = _new()
        return Passwords(further | self)

    def ended(self, parts: Iterable[str]) -> Passwords:
        """Without the former users of `parts`."""
        former = {user for part in parts for user in self.users_of(part)[:-1]}
        return Passwords({user: password for user, password in self.items() if user not in former})

    def former(self, users: Iterable[str]) -> list[str]:
        """Those of `users` that are of a part of ours and have no password any more."""
        parts = {part_of(user) for user in self}
        return sorted(user for user in users if user not in self and part_of(user) in parts)


def part_of(user: str) -> str:
    """`voting` for `voting` and `voting.2`."""
    return _NUMBER.sub("", user)


def load(path: Path) -> Passwords:
    """Empty where there is no file yet."""
    return Passwords(json.loads(path.read_text("utf-8")) if path.exists() else {})


def save(path: Path, passwords: Passwords) -> None:
    """For nobody else's eyes."""
    write(path, json.dumps(passwords, indent=2) + "\n")


def write(path: Path, text: str, mode: int = 0o600) -> None:
    """Whole, or as it was: each command of deploy/compose comes here, and a full disk must not cost the passwords."""
    if path.exists() and path.read_text("utf-8") == text:
        path.chmod(mode)
        return
    aside = path.with_name(f".{path.name}.new")
    with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), mode)  # whatever the umask takes away: some are read by other users, in containers
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def _number(user: str) -> int:
    found = _NUMBER.search(user)
    return int(found[1]) if found else 1


def _new() -> str:
    return secrets.token_hex(24)
