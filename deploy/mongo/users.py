"""Print a script for mongosh that initiates the replica set and creates the users. A service has rights to its own
database and its own files in the database of blobs, a further process the rights of its `needs`, and the gateway
rights to all files and to the counters of rate limits. Safe to run again.

    python deploy/mongo/users.py PASSWORDS.json [--members mongo:27017,...] > users.js
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wsis_shared.blobs.store import DATABASE
from wsis_shared.plugin import DiscoveryResult, discover
from wsis_shared.process import Process
from wsis_shared.settings import Suite

from wsis_gateway.limits import DATABASE as LIMITS

SCRIPT = """\
const members = {members};
try {{ rs.status(); }} catch (error) {{
  rs.initiate({{ _id: "rs0", members: members.map((host, _id) => ({{ _id, host }})) }});
}}
for (let tries = 0; !db.hello().isWritablePrimary; tries++) {{
  if (tries > 120) throw new Error("no primary within a minute");
  sleep(500);
}}
// The role for the files of a service has the service's name.
const files = db.getSiblingDB({blobs});
for (const role of {owners}) {{
  const privileges = ["files", "chunks"].map((kind) => ({{
    resource: {{ db: {blobs}, collection: role + "." + kind }},
    actions: ["find", "insert", "update", "remove", "createIndex"],
  }}));
  if (files.getRole(role)) files.updateRole(role, {{ privileges }});
  else files.createRole({{ role, privileges, roles: [] }});
}}
for (const {{ user, pwd, own, roles }} of {users}) {{
  const there = db.getSiblingDB(own);
  const rights = {{ pwd, roles }};
  if (there.getUser(user)) there.updateUser(user, rights); else there.createUser({{ user, ...rights }});
}}
"""


def users(found: DiscoveryResult, prefix: str) -> Iterator[dict[str, Any]]:
    """One row per user: its authentication database (`own`) and its roles."""
    blobs = prefix + DATABASE
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


def _files_of(service: str, process: Process, found: DiscoveryResult) -> list[str]:
    own = [service] if "blobs" in process.needs else []
    mail = [plugin.name for plugin in found if plugin.mailboxes] if "smtp_in" in process.needs else []
    return sorted({*own, *mail})


def _role(role: str, db: str) -> dict[str, str]:
    return {"role": role, "db": db}


def main() -> None:
    """Print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("passwords", type=Path)
    parser.add_argument("--members", default="mongo:27017")
    options = parser.parse_args()
    passwords = json.loads(options.passwords.read_text("utf-8"))
    found, prefix = discover(), Suite.load().mongo_prefix
    all_users = [{**user, "pwd": passwords[user["user"]]} for user in users(found, prefix)]
    values = {
        "members": options.members.split(","), "blobs": prefix + DATABASE, "owners": [plugin.name for plugin in found],
    }  # fmt: skip
    written = {name: json.dumps(value) for name, value in values.items()}
    print(SCRIPT.format(**written, users=json.dumps(all_users, indent=2)), end="")


if __name__ == "__main__":
    main()
