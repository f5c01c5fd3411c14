"""Print a script for mongosh that starts the replica set and gives each service a user with rights to its own
database and to its own files in the database of blobs; the gateway has rights to all files. Safe to run again.

    python deploy/mongo/users.py PASSWORDS.json [--members mongo:27017,...] > users.js
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from wsis_shared.blobs.store import DATABASE
from wsis_shared.plugin import discover
from wsis_shared.settings import Suite

SCRIPT = """\
const members = {members};
try {{ rs.status(); }} catch (error) {{
  rs.initiate({{ _id: "rs0", members: members.map((host, _id) => ({{ _id, host }})) }});
}}
for (let tries = 0; !db.hello().isWritablePrimary; tries++) {{
  if (tries > 120) throw new Error("no primary within a minute");
  sleep(500);
}}
const files = db.getSiblingDB({blobs});
for (const {{ user, pwd, own }} of {users}) {{
  const there = db.getSiblingDB(own);
  const rights = {{ pwd, roles: [{{ role: "readWrite", db: own }}] }};
  if (own !== {blobs}) {{
    const privileges = ["files", "chunks"].map((kind) => ({{
      resource: {{ db: {blobs}, collection: user + "." + kind }},
      actions: ["find", "insert", "update", "remove", "createIndex"],
    }}));
    if (files.getRole(user)) files.updateRole(user, {{ privileges }});
    else files.createRole({{ role: user, privileges, roles: [] }});
    rights.roles.push({{ role: user, db: {blobs} }});
  }}
  if (there.getUser(user)) there.updateUser(user, rights); else there.createUser({{ user, ...rights }});
}}
"""


def main() -> None:
    """Print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("passwords", type=Path)
    parser.add_argument("--members", default="mongo:27017")
    options = parser.parse_args()
    passwords = json.loads(options.passwords.read_text("utf-8"))
    prefix = Suite.load().mongo_prefix
    users = [{"user": plugin.name, "pwd": passwords[plugin.name], "own": prefix + plugin.name} for plugin in discover()]
    blobs = prefix + DATABASE
    users.append({"user": "gateway", "pwd": passwords["gateway"], "own": blobs})
    members = json.dumps(options.members.split(","))
    print(SCRIPT.format(members=members, users=json.dumps(users, indent=2), blobs=json.dumps(blobs)), end="")


if __name__ == "__main__":
    main()
