"""Print a script for mongosh that initiates the replica set and creates the users of `wsis_shared.store_users`. Safe to
run again.

    python deploy/mongo/users.py PASSWORDS.json [--members mongo:27017,...] > users.js
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from wsis_shared.passwords import load
from wsis_shared.plugin import discover
from wsis_shared.settings import Suite
from wsis_shared.store_users import file_roles, users

ELECTION_MILLIS = 5000  # without word from the primary; the server's own 10 s are as long again without a vote
SCRIPT = """\
const members = {members};
try {{ rs.status(); }} catch (error) {{
  const settings = {{ electionTimeoutMillis: {election_millis} }};
  rs.initiate({{ _id: "rs0", members: members.map((host, _id) => ({{ _id, host }})), settings }});
}}
for (let tries = 0; !db.hello().isWritablePrimary; tries++) {{
  if (tries > 120) throw new Error("no primary within a minute");
  sleep(500);
}}
// The role for the files of a service has the service's name.
for (const {{ role, db: blobs, ...rights }} of {roles}) {{
  const files = db.getSiblingDB(blobs);
  if (files.getRole(role)) files.updateRole(role, rights); else files.createRole({{ role, ...rights }});
}}
const users = {users};
for (const {{ user, pwd, own, roles }} of users) {{
  const there = db.getSiblingDB(own);
  const rights = {{ pwd, roles }};
  if (there.getUser(user)) there.updateUser(user, rights); else there.createUser({{ user, ...rights }});
}}
// Former users, whose part has another now: `voting` and `voting.2` are of one.
const key = (own, name) => `${{own}} ${{name}}`, part = name => name.replace(/\\.\\d+$/, "");
const listed = new Set(users.map(each => key(each.own, each.user)));
const parts = new Set(users.map(each => key(each.own, part(each.user))));
for (const own of new Set(users.map(each => each.own))) {{
  for (const {{ user }} of db.getSiblingDB(own).getUsers().users) {{
    if (!listed.has(key(own, user)) && parts.has(key(own, part(user)))) db.getSiblingDB(own).dropUser(user);
  }}
}}
"""


def main() -> None:
    """Print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("passwords", type=Path)
    parser.add_argument("--members", default="mongo:27017")
    options = parser.parse_args()
    passwords = load(options.passwords)
    found, prefix = discover(), Suite.load().mongo_prefix
    all_users = [
        {**user, "user": name, "pwd": passwords[name]}
        for user in users(found, prefix)
        for name in passwords.users_of(user["user"])
    ]
    values = {"members": options.members.split(","), "roles": list(file_roles(found, prefix))}
    written = {name: json.dumps(value) for name, value in values.items()}
    written |= {"election_millis": str(ELECTION_MILLIS)}
    print(SCRIPT.format(**written, users=json.dumps(all_users, indent=2)), end="")


if __name__ == "__main__":
    main()
