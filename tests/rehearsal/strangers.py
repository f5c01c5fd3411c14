"""Run by Python in a container of the suite: prints each way into broker and store that must be closed and is not."""

from __future__ import annotations

import socket
import ssl

from pymongo import MongoClient
from pymongo.errors import PyMongoError

PORTS = {"rabbitmq-0": (5671, 5672), "mongo-0": (27017, 27017)}  # with TLS, without
SECONDS = 5


def speaks_tls(host: str, port: int, name: str, context: ssl.SSLContext) -> bool:
    """Is whoever is there taken for `name`?"""
    try:
        with socket.create_connection((host, port), SECONDS) as plain, context.wrap_socket(plain, server_hostname=name):
            return True
    except ssl.SSLError:
        return False


def speaks_plain(host: str, port: int) -> bool:
    """To a client without TLS."""
    if host.startswith("mongo"):
        address = f"mongodb://{host}:{port}/?directConnection=true"
        try:
            with MongoClient[dict[str, object]](address, serverSelectionTimeoutMS=1000 * SECONDS) as client:
                client.admin.command("hello")
        except PyMongoError:
            return False
        return True
    try:
        socket.create_connection((host, port), SECONDS).close()
    except OSError:
        return False
    return True


def main() -> None:
    """Say what is wrong."""
    trusting, public = ssl.create_default_context(), ssl.create_default_context(capath="/etc/ssl/certs")
    for host, (port, plain) in PORTS.items():
        if not speaks_tls(host, port, host, trusting):
            print(f"{host}: not by its name and our authority")
        if speaks_tls(host, port, f"other-{host}", trusting):
            print(f"{host}: by another name")
        if speaks_tls(host, port, host, public):
            print(f"{host}: by public authorities alone")
        if speaks_plain(host, plain):
            print(f"{host}: without TLS")


if __name__ == "__main__":
    main()
