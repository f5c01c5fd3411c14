"""Each process ends within its limit while store or broker is away, and what it had taken goes to others at once."""

import contextlib
import signal
import smtplib
import threading
import uuid

import pytest
from kombu import Connection
from wsis_local.patience import factor
from wsis_shared.amqp import topology
from wsis_shared.errors import SuiteError
from wsis_shared.stopping import CUT_SHORT, SPARE_SECONDS
from wsis_testkit import make_context, wait_for
from wsis_testkit.proxy import behind, proxied
from wsis_testkit.sizes import NIGHTLY, size

LIMIT = size(12, 25)  # seconds; by night what is shipped
ROUNDS = size(1, 50)  # of a stop without the store: stopped and frozen, 100 together
FAULTS = ("store stopped", "store frozen", "broker stopped", "broker frozen")
PROCESSES = {"inbound": "notifications", "sender": "notifications", "webhooks": "agencies"}  # of which service
FOR_EVER = str(600)
DOMAIN = "mail.wsis.invalid"


class Ground:
    """Broker and store behind proxies; `fault` stops or freezes one of them."""

    def __init__(self, environment):
        self.names = {"store": "WSIS_MONGO_URI", "broker": "WSIS_AMQP_URI"}
        self.proxies = {part: proxied(environment[name]) for part, name in self.names.items()}
        self.settings = {name: behind(environment[name], self.proxies[part]) for part, name in self.names.items()}

    def fault(self, name):
        part, _, state = name.partition(" ")
        if state == "frozen":
            return self.proxies[part].freeze()
        self.proxies[part].refuse = True
        self.proxies[part].cut()

    def close(self):
        for proxy in self.proxies.values():
            proxy.close()


@pytest.fixture
def ground(environment):
    made = Ground(environment)
    yield made
    made.close()


def ends(process):
    """Its exit status; subprocess.TimeoutExpired where whoever kills would have come first."""
    process.send_signal(signal.SIGTERM)
    return process.wait((LIMIT + SPARE_SECONDS) * factor())


def ends_at_the_second_signal(process):
    """Its exit status. A signal that comes while the same one waits is none: it is sent until the end."""

    def ended():
        process.send_signal(signal.SIGTERM)
        return process.poll() is not None

    wait_for(ended)
    return process.returncode


def cast(amqp_client, voters):
    for voter in voters:
        payload = {"args": {}, "body": {"voter": voter}}
        amqp_client.command("madeup", "cast", payload, make_context(), message_id=uuid.uuid4().hex, wait=0)


def ready(environment):
    """The votes that wait for a process."""
    queue = topology.command_queue("madeup", "cast")
    with Connection(environment["WSIS_AMQP_URI"]) as connection:
        return connection.channel().queue_declare(queue.name, passive=True).message_count


def keep_busy(served, database):
    """With a request that takes ten minutes."""
    note = uuid.uuid4().hex

    def call():
        with contextlib.suppress(SuiteError):
            served.call("slow", seconds=600, note=note)

    threading.Thread(target=call, daemon=True).start()
    wait_for(lambda: database("madeup")["notes"].find_one({"what": note}), what="the request to be in flight")


def running(start_process, name, ground, database, *, real=False, **settings):
    """A process that is at work."""
    settings |= {**ground.settings, "WSIS_MAIL_DOMAIN": DOMAIN}
    process = start_process(PROCESSES[name], name, real=real, **settings)
    if name == "inbound":
        wait_for(lambda: '"listening"' in process.log.read_text("utf-8"), 60, "it to listen")
    else:
        registered = database(PROCESSES[name])["processes"]
        wait_for(lambda: registered.find_one({"pid": process.process.pid}), 60, "its heartbeat")
    return process


@pytest.mark.parametrize("number", range(ROUNDS))
@pytest.mark.parametrize("fault", FAULTS)
def test_a_service_ends_and_its_votes_are_handled_by_another(
    fault, number, serve, ground, amqp_client, environment, database
):
    voters = {uuid.uuid4().hex for _ in range(20)}
    stopped = serve("madeup", real=NIGHTLY, WSIS_STOP_SECONDS=str(LIMIT), **ground.settings)
    ground.fault(fault)
    cast(amqp_client, voters)
    if fault.startswith("store"):
        wait_for(lambda: not ready(environment), what="the votes to be taken")
    assert ends(stopped.process) in (0, CUT_SHORT)
    if fault.startswith("store"):  # the broker waits for heartbeats for 40 s
        wait_for(lambda: ready(environment) == len(voters), 5, "the votes to be given back")
    ground.close()
    other = serve("madeup")
    votes = database("madeup")["votes"]
    wait_for(lambda: votes.count_documents({"_id": {"$in": list(voters)}}) == len(voters), what="the votes")
    other.stop()


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_ends(name, fault, start_process, ground, database):
    process = running(start_process, name, ground, database, real=NIGHTLY, WSIS_STOP_SECONDS=str(LIMIT))
    ground.fault(fault)
    assert ends(process.process) in (0, CUT_SHORT)


def test_a_stop_without_the_store_is_in_good_order(serve, ground):
    stopped = serve("madeup", real=True, WSIS_STOP_SECONDS=FOR_EVER, **ground.settings)
    ground.fault("store stopped")
    assert ends(stopped.process) == 0


def test_a_second_signal_ends_a_service_at_once(serve, database):
    stopped = serve("madeup", real=True, WSIS_STOP_SECONDS=FOR_EVER)
    keep_busy(stopped, database)
    assert ends_at_the_second_signal(stopped.process) == CUT_SHORT
    assert '"stop cut short"' in stopped.log.read_text("utf-8")


@pytest.mark.parametrize("name", PROCESSES)
def test_a_second_signal_ends_a_process_at_once(name, start_process, ground, database):
    process = running(start_process, name, ground, database, real=True, WSIS_STOP_SECONDS=FOR_EVER)
    if name == "inbound":  # a mail that has begun is waited for
        mail = smtplib.SMTP("127.0.0.1", process.ports["smtp"], timeout=10)
        mail.ehlo("localhost")
        mail.mail("someone@example.org")
        assert mail.rcpt(f"complaints@{DOMAIN}")[0] == 250
        assert mail.docmd("DATA")[0] == 354
    else:
        ground.fault("store frozen")
    assert ends_at_the_second_signal(process.process) == CUT_SHORT


def test_a_limit_ends_what_never_ends(serve, database):
    stopped = serve("madeup", real=True, WSIS_STOP_SECONDS="1")
    keep_busy(stopped, database)
    assert ends(stopped.process) == CUT_SHORT
