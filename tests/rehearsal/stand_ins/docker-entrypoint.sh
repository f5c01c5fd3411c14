#!/bin/bash
# What the project asks of the entrypoints of the official images: a member of the store that has an administrator's name
# makes that user before it joins a set, and listens on loopback meanwhile.
set -eu
if [ "$1" = mongod ] && [ -n "${MONGO_INITDB_ROOT_USERNAME:-}" ] && [ ! -e /data/db/WiredTiger ]; then
    pid="$PWD/first.pid" # a fork leaves the folder
    mongod --fork --logpath first.log --bind_ip 127.0.0.1 --dbpath /data/db --pidfilepath "$pid" >/dev/null
    mongosh --quiet 127.0.0.1/admin --eval "db.createUser({ user: process.env.MONGO_INITDB_ROOT_USERNAME,
        pwd: process.env.MONGO_INITDB_ROOT_PASSWORD, roles: ['root'] })"
    kill "$(cat "$pid")"
    while kill -0 "$(cat "$pid")" 2>/dev/null; do sleep 0.2; done
fi
exec "$@"
