"""What the store says: its members, users, disk and clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TypedDict, cast

from pymongo.errors import OperationFailure, PyMongoError
from wsis_shared.blobs.store import DATABASE as BLOBS
from wsis_shared.clock import MOST_DIFFERENCE
from wsis_shared.doctor import Finding
from wsis_shared.doctor.machine import room
from wsis_shared.mongo_connection import TIMEOUTS, Client, connect
from wsis_shared.passwords import part_of
from wsis_shared.plugin import DiscoveryResult
from wsis_shared.store_users import FileRole, Granted, Privilege, User, file_roles, users

AWAY = "docs/runbooks/store-away.md"
TLS = "docs/security/connections.md"
OLDEST = (6, 0)  # the oldest that the tests run on
MOST_BEHIND = timedelta(seconds=60)  # a secondary behind the primary
GOOD = ("PRIMARY", "SECONDARY", "ARBITER")
MAKE = "run what deploy/mongo/users.py prints in mongosh, as an administrator"


class Hello(TypedDict, total=False):
    """Of a member, to whom the process is connected."""

    setName: str
    localTime: datetime


class Member(TypedDict, total=False):
    """`optimeDate`: of the last change that it has."""

    name: str
    stateStr: str
    optimeDate: datetime


class Status(TypedDict):
    """`replSetGetStatus`."""

    members: list[Member]
    majorityVoteCount: int


class StoredUser(TypedDict):
    """`usersInfo`."""

    user: str
    db: str
    roles: list[Granted]


class StoredRole(TypedDict):
    """`rolesInfo` with privileges."""

    role: str
    db: str
    privileges: list[Privilege]


def look(mongo_uri: str, admin_uri: str, found: DiscoveryResult, prefix: str) -> list[Finding]:
    """As the process, then as the administrator."""
    findings = _asked("WSIS_MONGO_URI", mongo_uri, as_process)
    if admin_uri:
        return [
            *findings,
            *_asked("WSIS_DOCTOR_MONGO_URI", admin_uri, lambda client: as_administrator(client, found, prefix)),
        ]
    fix = "set WSIS_DOCTOR_MONGO_URI"
    return [*findings, Finding("store", "members, users and disk are not looked at", fix, wrong=False)]


def _asked(setting: str, uri: str, ask: Callable[[Client], Iterable[Finding]]) -> list[Finding]:
    try:
        with connect(uri, stable=False, **TIMEOUTS) as client:
            return list(ask(client))
    except OperationFailure as error:
        fix = f"see whether {setting} has a user of the store with its password and rights: {MAKE}"
        return [
            Finding("store", f"it refuses us: {error.details.get('codeName') if error.details else error.code}", fix)
        ]
    except (PyMongoError, ValueError) as error:
        if "certificate verify failed" in str(error):
            fix = f"see whether it is for the host that {setting} names, and of an authority that we trust: {TLS}"
            return [Finding("store", "its certificate is refused", fix)]
        fix = f"start its members, and see whether {setting} has their addresses: {AWAY}"
        return [Finding("store", f"no primary answers: {type(error).__name__}", fix)]


def as_process(client: Client) -> Iterator[Finding]:
    """What every login may ask."""
    asked = datetime.now(UTC)
    began = time.monotonic()
    client.admin.command("ping")  # the login is checked
    hello = cast(Hello, client.admin.command("hello"))
    theirs = hello["localTime"].replace(tzinfo=UTC)  # a command is read without the client's options
    yield from of_clock(theirs - asked, timedelta(seconds=time.monotonic() - began))
    if "setName" not in hello:
        yield Finding("store", "it is no replica set: without one there are no transactions", f"initiate it: {MAKE}")
    version = cast(list[int], client.admin.command("buildInfo")["versionArray"])
    if tuple(version[:2]) < OLDEST:
        problem = f"it is MongoDB {'.'.join(map(str, version[:3]))}"
        yield Finding("store", problem, f"upgrade it to {'.'.join(map(str, OLDEST))} or later")


def as_administrator(client: Client, found: DiscoveryResult, prefix: str) -> Iterator[Finding]:
    """What needs the rights to see all."""
    yield from of_members(cast(Status, client.admin.command("replSetGetStatus")))
    stored = cast(list[StoredUser], client.admin.command("usersInfo", {"forAllDBs": True})["users"])
    yield from of_users(users(found, prefix), stored, prefix)
    blobs = client[prefix + BLOBS]
    roles = cast(list[StoredRole], blobs.command("rolesInfo", 1, showPrivileges=True)["roles"])
    yield from of_roles(file_roles(found, prefix), roles)
    disk = blobs.command("dbStats")
    if "fsTotalSize" in disk:
        yield from (
            one._replace(subject="store")
            for one in room("the primary", int(disk["fsTotalSize"] - disk["fsUsedSize"]), int(disk["fsTotalSize"]))
        )


def of_clock(difference: timedelta, asked: timedelta) -> Iterator[Finding]:
    """`difference` from the store's clock to this one, of which the question may have taken all of `asked`."""
    if timedelta() - MOST_DIFFERENCE <= difference <= asked + MOST_DIFFERENCE:
        return
    seconds = difference.total_seconds()
    problem = (
        f"this machine's clock is {abs(seconds):.0f} s {'behind' if seconds > 0 else 'ahead of'} that of the store"
    )
    yield Finding("store", problem, "let both follow NTP: `timedatectl`, `chronyc tracking`")


def of_members(status: Status) -> Iterator[Finding]:
    """Each takes part, a majority does, and none is far behind."""
    members = status["members"]
    for member in members:
        if member["stateStr"] not in GOOD:
            yield Finding("store", f"the member {member['name']} is {member['stateStr']}", f"start it: {AWAY}")
    good = [member for member in members if member["stateStr"] in GOOD]
    if len(good) < status["majorityVoteCount"]:
        problem = f"{len(good)} of {len(members)} members take part: no majority, so nothing is written"
        yield Finding("store", problem, f"start the others at once: {AWAY}")
    newest = max((member["optimeDate"] for member in good if "optimeDate" in member), default=None)
    for member in good:
        if newest and "optimeDate" in member and newest - member["optimeDate"] > MOST_BEHIND:
            behind = (newest - member["optimeDate"]).total_seconds()
            yield Finding(
                "store", f"the member {member['name']} is {behind:.0f} s behind", f"see its disk and load: {AWAY}"
            )


def of_users(wanted: Iterable[User], there: Iterable[StoredUser], prefix: str) -> Iterator[Finding]:
    """Each has the roles that it needs and no others; nobody else is in our databases."""
    stored = {(one["user"], one["db"]): _roles(one["roles"]) for one in there}
    for user in wanted:
        part, own, needed = user["user"], user["own"], _roles(user["roles"])
        names = sorted(name for name, db in stored if db == own and part_of(name) == part)
        if not names:
            yield Finding("store", f"the user {part} of {own} is missing", MAKE)
        if len(names) > 1:
            yield Finding(
                "store", f"{part} has the users {', '.join(names)}", f"`deploy/rotate end {part}` when it uses one"
            )
        for name in names:
            given = stored.pop((name, own))
            if missing := needed - given:
                yield Finding("store", f"the user {name} lacks the role {_listed(missing)}", MAKE)
            if more := given - needed:
                yield Finding("store", f"the user {name} has the role {_listed(more)}, which it does not need", MAKE)
    for user_name, db in sorted(stored):
        ours = any(of_db.startswith(prefix) for _, of_db in stored[user_name, db])
        if db.startswith(prefix) or ours:
            fix = f"`db.getSiblingDB('{db}').dropUser('{user_name}')`, unless you made it for a purpose of yours"
            yield Finding(
                "store", f"the user {user_name} of {db} has rights to our data, and is no part of the suite", fix
            )


def of_roles(wanted: Iterable[FileRole], there: Iterable[StoredRole]) -> Iterator[Finding]:
    """The roles for files allow what they are for."""
    stored = {role["role"]: _privileges(role["privileges"]) for role in there}
    for role in wanted:
        if (given := stored.get(role["role"])) is None:
            yield Finding("store", f"the role {role['role']} of {role['db']} is missing", MAKE)
        elif given != _privileges(role["privileges"]):
            yield Finding("store", f"the role {role['role']} of {role['db']} allows other than it should", MAKE)


def _roles(given: Iterable[Granted]) -> set[tuple[str, str]]:
    return {(role["role"], role["db"]) for role in given}


def _listed(roles: set[tuple[str, str]]) -> str:
    return ", ".join(f"{role} of {db}" for role, db in sorted(roles))


def _privileges(given: Iterable[Privilege]) -> set[tuple[str, str, tuple[str, ...]]]:
    return {
        (one["resource"].get("db", ""), one["resource"].get("collection", ""), tuple(sorted(one["actions"])))
        for one in given
    }
