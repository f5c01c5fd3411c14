"""A store that speaks S3, in a process of its own."""

import socket
import subprocess
import sys
import urllib.request

import pytest
from wsis_testkit import wait_for


@pytest.fixture(scope="session")
def s3_uri():
    """Address of an empty bucket."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        uri = f"s3://key:secret@127.0.0.1:{port}/files?secure=0"

        def ready():
            assert server.poll() is None, "the S3 server ended"
            try:
                return urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).status == 200
            except OSError:
                return False

        wait_for(ready, 30, "the S3 server to answer")
        from wsis_shared.blobs.s3 import connect

        client, bucket = connect(uri)
        client.create_bucket(Bucket=bucket)
        yield uri
    finally:
        server.kill()
        server.wait()
