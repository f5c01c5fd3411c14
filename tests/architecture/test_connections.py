"""docs/security/connections.md lists each setting that holds an address, and each module that opens a connection."""

from __future__ import annotations

import re
from typing import Any

import pytest

# Parts of a name of a setting that says where something is.
_ADDRESS = re.compile(r"_(URI|URL|HOST|PORT|PROXIES|ORIGINS|SCANNER|VHOST)$")
# Modules that open or take connections of the network.
NETWORK = {"socket", "ssl", "smtplib", "http.client", "urllib.request", "aiohttp", "boto3", "httpx", "requests",
           "websockets", "ftplib", "aiosmtpd.smtp", "aiosmtpd.lmtp", "limits.storage", "redis"}  # fmt: skip
OPENED = {("pymongo", "MongoClient"), ("urllib", "request")}  # those of kombu: see the last test


@pytest.fixture(scope="module")
def page(project: Any) -> str:
    text: str = (project.root / "docs/security/connections.md").read_text("utf-8")
    return text


def test_each_address_is_listed(project: Any, page: str) -> None:
    addresses = {name for kind in project.settings() for name, _, _ in kind.described() if _ADDRESS.search(name)}
    addresses |= {port.setting for plugin in project.plugins for one in plugin.processes for port in one.ports}
    assert {name for name in addresses if f"`{name}`" not in page} == set()
    assert len(addresses) > 15


def test_each_module_with_a_connection_is_listed(project: Any, page: str) -> None:
    listed = set(re.findall(r"`([\w/]+\.py)`", page.partition("\n## In\n")[2]))
    modules = {f"{module.owner}/{'/'.join(module.parts)}": module for module in project.modules}
    opening = {
        name for name, module in modules.items() if module.owner not in project.development
        and any(source in NETWORK or (source, part) in OPENED for source, part, _ in module.imports())
    }  # fmt: skip
    assert opening - listed == set()
    assert listed - set(modules) == set()


def test_brokers_are_reached_by_one_function(project: Any) -> None:
    """It checks the name in the certificate, which kombu alone does not."""
    calling = [
        str(module) for module in project.modules
        if re.search(r"(?<![\w.])Connection\(|\(Connection\):", module.text)
        and any((source, name) == ("kombu", "Connection") for source, name, _ in module.imports())
        and module.owner not in project.development
    ]  # fmt: skip
    assert calling == ["shared/src/wsis_shared/amqp/connection.py"]


def test_stores_are_reached_by_one_function(project: Any) -> None:
    """It keeps to MongoDB's Stable API. A peer of the benchmarks is on its own."""
    calling = [
        str(module) for module in project.modules
        if re.search(r"(?<![\w.])MongoClient(\[.*?\])?\(", module.path.read_text("utf-8"))
        and not str(module).startswith("tests/load/peers/")
    ]  # fmt: skip
    assert calling == ["shared/src/wsis_shared/mongo_connection.py"]
