"""A made-up service on a real broker and store; beside it a plain nameko service, for comparison."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from kombu import Connection
from wsis_shared.amqp import serializer, signatures, topology
from wsis_testkit import wait_for

PLUGINS = Path(__file__).parent / "plugins"


@pytest.fixture(scope="module", autouse=True)
def madeup_installed():
    """Put the made-up plugin where services under test and this process find it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(PLUGINS), os.environ.get("PYTHONPATH")])))
        patch.syspath_prepend(str(PLUGINS))
        yield


@pytest.fixture(scope="module")
def madeup(madeup_installed, serve):
    return serve("madeup")


@pytest.fixture
def alone(madeup_installed, serve):
    """The only process of the made-up service, and gone with the test: of several, one gets a message."""
    served = serve("madeup")
    yield served
    served.stop(signal.SIGKILL)


@pytest.fixture
def dead(environment):
    """`dead()`: what is in the dead-letter queue of the made-up service now; reading empties it."""

    def messages():
        with Connection(environment["WSIS_AMQP_URI"]) as connection:
            channel = connection.channel()
            topology.dead_letter_queue("madeup")(channel).declare()
            taken = []
            while message := channel.basic_get(topology.dead_letter_queue("madeup").name, no_ack=True):
                taken.append(message)
            return taken

    return messages


@pytest.fixture
def send(environment):
    """`send(exchange, routing_key, body, **properties)`: a raw message, as anybody with the secret of the suite and a
    right on the broker could send it; `signed=False`: with the right alone."""

    def raw(
        exchange, routing_key, body, *, content_type=serializer.CONTENT_TYPE, headers=None, signed=True, **properties
    ):
        if signed:
            id = properties.get("message_id") or properties.get("correlation_id")
            headers = {**(headers or {}), signatures.HEADER: signatures.sign(routing_key, id, headers or {}, body)}
        with Connection(environment["WSIS_AMQP_URI"]) as connection:
            channel = connection.channel()
            message = channel.prepare_message(
                body, content_type=content_type, content_encoding="utf-8", headers=headers, properties=properties
            )
            channel.basic_publish(message, exchange=exchange, routing_key=routing_key)

    return raw


class Plain:
    """A plain nameko service in a process of its own; `notes()` are the lines of its handlers."""

    def __init__(self, uri, folder):
        self._notes = folder / "notes"
        self._notes.touch()
        self.log = folder / "log"
        self._uri = uri
        self.start()

    def start(self):
        command = [sys.executable, str(PLUGINS / "plain_nameko.py"), self._uri, str(self._notes)]
        ready = self.notes().count("ready")
        self.process = subprocess.Popen(command, stderr=self.log.open("ab"))
        wait_for(lambda: self.notes().count("ready") > ready, what="the plain service")

    def notes(self):
        return self._notes.read_text().split()

    def stop(self, seconds=20):
        self.process.terminate()
        return self.process.wait(seconds)


@pytest.fixture
def plain(environment, tmp_path):
    made = Plain(environment["WSIS_AMQP_URI"], tmp_path)
    yield made
    made.process.kill()
    made.process.wait()
