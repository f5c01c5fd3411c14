"""Connections: settings that hold an address, and modules that open or take connections."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from wsis_shared.security import Installed, Part
from wsis_shared.security.source import Source
from wsis_shared.security.tables import section, table

# Parts of a name of a setting that says where something is.
_ADDRESS = re.compile(r"_(URI|URL|HOST|PORT|PROXIES|ORIGINS|SCANNER|VHOST)$")
# Modules that open or take connections of the network.
NETWORK = {
    "socket",
    "ssl",
    "smtplib",
    "http.client",
    "urllib.request",
    "aiohttp",
    "boto3",
    "httpx",
    "requests",
    "websockets",
    "ftplib",
    "aiosmtpd.smtp",
    "aiosmtpd.lmtp",
    "limits.storage",
    "redis",
}
OPENED = {("pymongo", "MongoClient"), ("urllib", "request")}
_FIRST = re.compile(rf"\b(import|from) ({'|'.join({name.partition('.')[0] for name in NETWORK} | {'pymongo'})})\b")
_COLUMNS = ("from", "to", "protocol", "at")


def write(part: Part, _suite: Installed) -> str:
    """The section."""
    rows = ([row.get(column, "") for column in _COLUMNS] for row in part.of("connections") or ())
    return section("Connections", table(("from", "to", "protocol", "setting, module"), rows))


def problems(part: Part, _suite: Installed) -> Iterator[str]:
    """Addresses and modules with connections that no row names, and modules that are not there."""
    said = " ".join(row.get("at", "") for row in part.of("connections") or ())
    for variable in sorted(_addresses(part)):
        if f"`{variable}`" not in said:
            yield f"connections: {variable}: who speaks with whom there?"
    listed, there = {*re.findall(r"`([\w/]+\.py)`", said)}, {source.name for source in part.code}
    for name in sorted({source.name for source in part.code if _connects(source)} - listed):
        yield f"connections: {name}: who speaks with whom there?"
    yield from (f"connections: {name} does not exist" for name in listed - there)


def _addresses(part: Part) -> set[str]:
    found = {variable for variable in part.settings if _ADDRESS.search(variable)}
    processes = part.plugin.processes if part.plugin else ()
    return found | {port.setting for process in processes for port in process.ports}


def _connects(source: Source) -> bool:
    """Of what it imports, the whole module or the name."""
    return bool(_FIRST.search(source.text)) and (
        any(alias.name in NETWORK for node in source.nodes(ast.Import) for alias in node.names)
        or any(
            node.module in NETWORK or (node.module, alias.name) in OPENED
            for node in source.nodes(ast.ImportFrom)
            if not node.level
            for alias in node.names
        )
    )
