"""A service and the gateway's client speak TLS to broker and store where the addresses say so, and check whom with."""

import contextlib
import os
import random
import select
import socket
import ssl
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from amqp.transport import SSLTransport
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.amqp.connection import connect
from wsis_shared.amqp.write_buffer import WriteBuffer
from wsis_shared.doctor import store as doctor
from wsis_shared.plugin import discover

# A peer gives back what it gets, while one thread writes and another reads; a crash ends this process alone.
ECHO = """
import sys
if sys.argv[1] == "gevent":
    from gevent import monkey
    monkey.patch_all()
import random, socket, ssl, threading
from amqp.transport import SSLTransport
from wsis_shared.amqp.write_buffer import WriteBuffer

context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.load_verify_locations(sys.argv[2])
transport = SSLTransport("localhost")
plain = socket.create_connection(("127.0.0.1", int(sys.argv[3])))
transport.sock = context.wrap_socket(plain, server_hostname="localhost")
transport.sock.settimeout(0.01)
transport._quick_recv = transport.sock.read
buffer = WriteBuffer(transport, lambda: sys.exit("not written"), "test")
sent, got = random.Random(1).randbytes(20_000_000), bytearray()

def write():
    for start in range(0, len(sent), 1000):
        transport._write(sent[start : start + 1000])

threading.Thread(target=write).start()
while len(got) < len(sent):
    try:
        got += transport._read(min(1000, len(sent) - len(got)))
    except TimeoutError:
        pass
assert got == sent
transport.close()
buffer.close()
"""

# As a service does: asks the store again and again, until the client gives it up.
ASK = """
import sys
from wsis_shared import serve, mongo_connection
from pymongo.errors import AutoReconnect

with mongo_connection.connect(sys.argv[1], **mongo_connection.TIMEOUTS) as client:
    client.admin.command("ping")
    print("asked", flush=True)
    try:
        while True:
            client.admin.command("ping")
    except AutoReconnect as error:
        print(type(error).__name__)
"""


class Terminator:
    """Takes TLS on loopback and passes what is inside on, in plain, unless it `hangs`."""

    def __init__(self, certificate, port):
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        self._server, self._upstream = socket.create_server(("127.0.0.1", 0)), port
        self.port, self.passed, self.hangs = self._server.getsockname()[1], 0, threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            plain, _ = self._server.accept()
            threading.Thread(target=self._serve, args=(plain,), daemon=True).start()

    def _serve(self, plain):
        try:
            with (
                self._context.wrap_socket(plain, server_side=True) as client,
                socket.create_connection(("127.0.0.1", self._upstream)) as server,
            ):
                while not self.hangs.is_set():
                    ready = [client] if client.pending() else select.select([client, server], [], [])[0]
                    for one in ready:
                        part = one.recv(65_536)
                        if not part:
                            return
                        (server if one is client else client).sendall(part)
                        self.passed += len(part)
                threading.Event().wait()  # without a word
        except OSError:
            return


def closed_port():
    """A port on loopback where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """ca.pem signs `good.pem`, for localhost, and `other.pem`, for another name; `stranger.pem` signs itself."""
    made = tmp_path_factory.mktemp("tls")

    def certificate(name, host, *more):
        command = [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ed25519",
            "-nodes",
            "-days",
            "1",
            "-subj",
            f"/CN={host}",
            "-keyout",
            f"{name}.key",
            "-out",
            f"{name}.crt",
            *more,
        ]
        subprocess.run(command, cwd=made, check=True, capture_output=True)
        (made / f"{name}.pem").write_text((made / f"{name}.crt").read_text() + (made / f"{name}.key").read_text())

    certificate("ca", "CA")
    for name, host in (("good", "localhost"), ("other", "other.example")):
        signed = ("-CA", "ca.crt", "-CAkey", "ca.key", "-addext", "basicConstraints=critical,CA:FALSE")
        certificate(name, host, "-addext", f"subjectAltName=DNS:{host}", *signed)
    certificate("stranger", "localhost", "-addext", "subjectAltName=DNS:localhost")
    return made


@pytest.fixture(scope="module")
def over_tls(environment, folder):
    """`over_tls(certificate)`: broker and store behind TLS with it, as settings, and their terminators."""

    def make(certificate):
        made, settings = [], {"SSL_CERT_FILE": str(folder / "ca.crt")}
        for variable, scheme, extra in (("WSIS_AMQP_URI", "amqps", ""), ("WSIS_MONGO_URI", "mongodb", "&tls=true")):
            plain = urlsplit(environment[variable])
            made.append(Terminator(folder / f"{certificate}.pem", plain.port))
            login = f"{plain.username}:{plain.password}@" if plain.username else ""
            query = f"?{plain.query}{extra}" if extra else ""
            settings[variable] = f"{scheme}://{login}localhost:{made[-1].port}{plain.path or '/'}{query}"
        return settings, made

    return make


def test_a_service_works_over_tls(serve, over_tls, madeup_installed):
    settings, terminators = over_tls("good")
    served = serve("madeup", **settings)
    assert served.healthy()
    assert [one.passed > 0 for one in terminators] == [True, True]


@pytest.mark.parametrize("certificate", ["other", "stranger"])
def test_a_broker_with_a_wrong_certificate_is_told_nothing(over_tls, monkeypatch, certificate):
    settings, (broker, _) = over_tls(certificate)
    monkeypatch.setenv("SSL_CERT_FILE", settings["SSL_CERT_FILE"])
    uri = settings["WSIS_AMQP_URI"]
    with pytest.raises(ssl.SSLCertVerificationError), connect(uri) as connection:
        connection.connect()
    for other in (f"amqp://localhost:{closed_port()}", f"amqps://other.example:{closed_port()}"):
        failure = (ssl.SSLCertVerificationError, ConnectionRefusedError, socket.gaierror)  # of the one tried last
        with pytest.raises(failure), connect(f"{other};{uri}") as connection:
            connection.connect()
    assert broker.passed == 0


@pytest.mark.parametrize("first", ["amqp://127.0.0.1", "amqps://127.0.0.1"])
def test_where_a_broker_is_away_the_name_of_the_next_one_counts(over_tls, monkeypatch, first):
    settings, (broker, _) = over_tls("good")
    monkeypatch.setenv("SSL_CERT_FILE", settings["SSL_CERT_FILE"])
    with connect(f"{first}:{closed_port()};{settings['WSIS_AMQP_URI']}") as connection:
        connection.connect()
    assert broker.passed > 0


def test_without_tls_the_next_broker_is_taken(environment):
    with connect(f"amqps://localhost:{closed_port()};{environment['WSIS_AMQP_URI']}") as connection:
        assert connection.connect().connected


@pytest.mark.parametrize("certificate", ["other", "stranger"])
def test_a_store_with_a_wrong_certificate_is_told_nothing(over_tls, monkeypatch, certificate):
    from pymongo.errors import ServerSelectionTimeoutError
    from wsis_shared import mongo_connection

    settings, (_, store) = over_tls(certificate)
    monkeypatch.setenv("SSL_CERT_FILE", settings["SSL_CERT_FILE"])
    with (
        mongo_connection.connect(settings["WSIS_MONGO_URI"], serverSelectionTimeoutMS=2000) as client,
        pytest.raises(ServerSelectionTimeoutError, match="certificate verify failed"),
    ):
        client.admin.command("ping")
    [finding] = doctor.look(settings["WSIS_MONGO_URI"], "", discover(), "wsis_")[:1]
    assert finding.problem == "its certificate is refused"
    assert store.passed == 0


def test_a_store_that_hangs_is_given_up(over_tls):
    """By the monitor, 8 s after it has heard nothing; the 60 s of the socket come much later."""
    settings, (_, store) = over_tls("good")
    command = [sys.executable, "-c", ASK, settings["WSIS_MONGO_URI"]]
    with subprocess.Popen(command, env={**os.environ, **settings}, stdout=subprocess.PIPE, text=True) as asking:
        assert asking.stdout.readline() == "asked\n"
        store.hangs.set()
        try:
            assert asking.communicate(timeout=30)[0] == "_OperationCancelled\n"
        finally:
            asking.kill()


def test_the_client_of_the_gateway_connects_over_tls(over_tls, monkeypatch):
    settings, (broker, _) = over_tls("good")
    monkeypatch.setenv("SSL_CERT_FILE", settings["SSL_CERT_FILE"])
    client = AmqpClient(settings["WSIS_AMQP_URI"], "test").start()
    try:
        assert client.wait_connected(20)
    finally:
        client.stop()
    assert broker.passed > 0


def test_a_write_goes_on_after_a_pause_of_the_broker(folder):
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cafile=folder / "ca.crt")
    server.load_cert_chain(folder / "good.pem")
    ours, theirs = socket.socketpair()
    with ThreadPoolExecutor(1) as pool:
        accepted = pool.submit(server.wrap_socket, theirs, server_side=True)
        transport, failed = SSLTransport("localhost"), threading.Event()
        transport.sock = client.wrap_socket(ours, server_hostname="localhost")
    with transport.sock, accepted.result() as broker:
        transport.sock.settimeout(0.05)  # the reader's
        buffer = WriteBuffer(transport, failed.set, "test")
        data = random.Random(1).randbytes(4_000_000)
        transport._write(data)
        for _ in range(3):
            with pytest.raises(TimeoutError):
                transport.sock.read(1)
        broker.settimeout(10)
        assert broker.makefile("rb").read(len(data)) == data
        buffer.close()
    assert not failed.is_set()


@pytest.mark.parametrize("kind", ["threads", "gevent"])
def test_one_thread_reads_while_another_writes(folder, kind):
    with socket.create_server(("127.0.0.1", 0)) as server:
        echo = Terminator(folder / "good.pem", _echo_port(server))
        command = [sys.executable, "-c", ECHO, kind, str(folder / "ca.crt"), str(echo.port)]
        for _ in range(5):  # without a lock one of some ten fails
            ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
            assert (ended.returncode, ended.stderr) == (0, "")


def _echo_port(server):
    """Each connection to the port gets back what it sends."""

    def serve():
        with contextlib.suppress(OSError):  # the end of the test
            while True:
                client, _ = server.accept()
                threading.Thread(target=echo, args=(client,), daemon=True).start()

    def echo(client):
        with client, contextlib.suppress(OSError):
            while data := client.recv(65_536):
                client.sendall(data)

    threading.Thread(target=serve, daemon=True).start()
    return server.getsockname()[1]
