"""Receivers of webhooks must show a certificate of a trusted CA, for their name, that is valid now."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from wsis_testkit.tls import BAD, CERTIFICATES, Server, write_certificates

# A process of its own reads SSL_CERT_FILE when it starts, as the webhooks process does.
POST = """
import asyncio, json, sys
from wsis_agencies.webhooks.client import WebhookClient

async def work():
    async with WebhookClient(seconds=20, allow_loopback=True) as client:
        replies = [await client.request("POST", url, {}, b"{}") for url in sys.argv[1:]]
    print(json.dumps([[reply.status, reply.error] for reply in replies]))

asyncio.run(work())
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = tmp_path_factory.mktemp("tls")
    write_certificates(made)
    return made


@pytest.fixture
def trusted(folder: Path) -> dict[str, str]:
    return {**os.environ, "SSL_CERT_FILE": str(folder / "ca.pem")}


def test_webhook_goes_to_a_valid_certificate_alone(folder: Path, trusted: dict[str, str]) -> None:
    servers = {name: Server(folder, name, is_relay=False) for name in CERTIFICATES}
    urls = [f"https://localhost:{server.port}/hook" for server in servers.values()]
    done = subprocess.run([sys.executable, "-c", POST, *urls], env=trusted, capture_output=True, text=True, check=True)
    assert dict(zip(servers, json.loads(done.stdout), strict=True)) == {
        "good": [204, None],
        **{name: [None, "tls"] for name in BAD},
    }
    assert {name for name, server in servers.items() if server.received} == {"good"}
    for server in servers.values():
        server.close()
