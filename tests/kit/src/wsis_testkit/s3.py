"""A store that speaks S3, in a process of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from wsis_shared.blobs.s3 import connect
from wsis_testkit import wait_for


@contextmanager
def run() -> Iterator[str]:
    """The WSIS_BLOBS_URI of an empty bucket."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def ready() -> bool:
        assert server.poll() is None, "the S3 server ended"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as response:
                return bool(response.status == 200)
        except OSError:
            return False

    try:
        wait_for(ready, 30, "the S3 server to answer")
        uri = f"s3://key:secret@127.0.0.1:{port}/files?secure=0"
        client, bucket = connect(uri)
        client.create_bucket(Bucket=bucket)
        yield uri
    finally:
        server.kill()
        server.wait()
