"""A stack's broker, store and ports, with real processes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from kombu import Connection
from wsis_local import broker, running, store
from wsis_local.mongod import Mongod
from wsis_local.patience import factor
from wsis_local.ports import CannotStart, Ports
from wsis_local.stack import INFRASTRUCTURE, Stack
from wsis_shared.amqp import topology
from wsis_shared.mongo_connection import connect
from wsis_testkit.proxy import behind, proxied

WSIS = str(Path(sys.executable).with_name("wsis"))
OUTSIDE = {name: value for name, value in os.environ.items() if not name.startswith("WSIS_")}


def test_a_vhost_is_made_used_and_dropped(stack: Stack) -> None:
    uri = stack.broker.make_vhost("tests of/ana")
    with Connection(uri) as connection:
        queue = connection.SimpleQueue("votes")
        queue.put({"vote": 1})
        assert queue.get(timeout=5 * factor()).payload == {"vote": 1}
        queue.close()
    assert "tests of/ana" in stack.broker.ctl("list_vhosts")
    stack.broker.drop_vhost("tests of/ana")
    assert not broker.accepts(uri)


def test_nothing_of_it_listens_beyond_this_machine(stack: Stack) -> None:
    listening = subprocess.run(["ss", "-ltnH"], capture_output=True, text=True, check=True).stdout
    ours = [line.split()[3] for line in listening.splitlines()]
    ours = [address for address in ours if int(address.rpartition(":")[2]) in stack.ports.values()]
    assert len(ours) >= 5
    assert {address.rpartition(":")[0] for address in ours} <= {"127.0.0.1", "[::1]"}


def test_the_broker_has_the_shipped_limits(stack: Stack) -> None:
    limits = "[element(2, application:get_env(rabbit, Name)) || Name <- [max_message_size, consumer_timeout]]."
    assert stack.broker.ctl("eval", limits).strip() == f"[{topology.MAX_MESSAGE_BYTES},1800000]"


def test_a_killed_broker_comes_back_with_what_it_held(stack: Stack) -> None:
    uri = stack.broker.make_vhost("durable")
    with Connection(uri, transport_options={"confirm_publish": True}) as connection:
        connection.SimpleQueue("votes").put("kept", delivery_mode=2)
    [killed] = stack.kill("broker")
    stack.wait_until(lambda: stack.pids().get("broker", killed) != killed, "a new broker")
    stack.wait_ready()
    with Connection(uri) as connection:
        assert connection.SimpleQueue("votes").get(timeout=5 * factor()).payload == "kept"


def test_the_port_mapper_ends_after_the_broker(tmp_path: Path) -> None:
    # RabbitMQ looks for it once a minute. Where there is none it starts one, which outlives the stack and has its port.
    with Stack(tmp_path, parts=("broker",)):
        pass
    said = (tmp_path / "logs/supervisord.log").read_text("utf-8").splitlines()
    assert [line.split("stopped: ")[1].split()[0] for line in said if "stopped: " in line] == ["broker", "epmd"]


def test_the_store_has_transactions(stack: Stack) -> None:
    with connect(stack.store.uri) as client, client.start_session() as session, session.start_transaction():
        client.tests.votes.insert_one({"_id": 1}, session=session)
        session.abort_transaction()
        assert client.tests.votes.find_one() is None


def test_a_second_stack_in_the_same_folder_is_refused(stack: Stack) -> None:
    with pytest.raises(CannotStart, match="already runs in"):
        Stack(stack.run_dir).start()
    assert stack.broker.answers()


def test_around_gives_a_command_its_infrastructure_and_its_status(tmp_path: Path) -> None:
    program = """if True:
        import os, sys
        from wsis_local.broker import Broker
        from wsis_local.store import Store
        answers = Broker(os.environ["WSIS_AMQP_URI"], None).answers(), Store(os.environ["WSIS_MONGO_URI"]).answers()
        sys.exit(7 if answers == (True, True) else 1)
    """
    command = [WSIS, "around", sys.executable, "-c", program]
    done = subprocess.run(command, env={**OUTSIDE, "WSIS_RUN_DIR": str(tmp_path)}, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (7, "")


def test_around_says_what_ended_meanwhile(tmp_path: Path) -> None:
    program = """if True:
        import os, signal
        from pathlib import Path
        from wsis_local.ends import ended
        from wsis_local.supervise import Supervisor
        from wsis_testkit import wait_for
        infrastructure = Supervisor(Path(os.environ["WSIS_RUN_DIR"]))
        infrastructure.signal("mail", signal.SIGKILL)
        wait_for(lambda: ended(infrastructure.logs))
    """
    command = [WSIS, "around", sys.executable, "-c", program]
    done = subprocess.run(command, env={**OUTSIDE, "WSIS_RUN_DIR": str(tmp_path)}, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "wsis: mail ended: terminated by SIGKILL\n")


def test_the_infrastructure_that_is_kept_continues_and_around_takes_it_until_it_is_stopped(tmp_path: Path) -> None:
    """It continues with what a former stack in its folder has left, of which no process stays."""
    with Stack(tmp_path / running.INFRASTRUCTURE, parts=INFRASTRUCTURE, environ=OUTSIDE) as former:
        former.broker.make_vhost("kept")
        with connect(former.store.uri) as client:
            client.tests.votes.insert_one({"_id": "kept"})
        processes = former.pids().values()
    assert not any(is_running(pid) for pid in processes)
    env = {**OUTSIDE, "WSIS_RUN_DIR": str(tmp_path)}
    keeper = subprocess.Popen([WSIS, "up", "--infrastructure"], env=env, stdout=subprocess.PIPE, text=True)
    try:
        assert keeper.stdout
        assert any("Ctrl-C stops it" in line for line in keeper.stdout)
        kept = running.infrastructure(env)
        assert kept
        say = "import os; print(os.environ['WSIS_AMQP_URI'], os.environ['WSIS_MONGO_URI'])"
        said = subprocess.check_output([WSIS, "around", sys.executable, "-c", say], env=env, text=True)
        assert said.split() == [kept["WSIS_AMQP_URI"], kept["WSIS_MONGO_URI"]]
        with connect(kept["WSIS_MONGO_URI"]) as client:  # the end of the command did not end it
            assert client.tests.votes.find_one() == {"_id": "kept"}
        assert broker.accepts(f"{kept['WSIS_AMQP_URI'].rstrip('/')}/kept")
        assert kept["WSIS_MONGO_URI"] != former.store.uri, "on other ports"
    finally:
        assert subprocess.run([WSIS, "down"], env=env).returncode == 0
    assert keeper.wait(30 * factor()) == 0
    assert running.infrastructure(env) is None


def test_a_port_in_use_is_named_with_its_setting_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        env = (
            os.environ
            | Ports.free().as_environment()
            | {
                "WSIS_RUN_DIR": str(tmp_path),
                "WSIS_MAIL_HTTP_PORT": str(port),
                "WSIS_SMTP_URI": "",
            }
        )
        command = [WSIS, "up"]
        done = subprocess.run(command, env=env, capture_output=True, text=True)
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert f"port {port} " in line
    assert "WSIS_MAIL_HTTP_PORT" in line


def test_a_setting_that_is_no_port_is_named() -> None:
    with pytest.raises(CannotStart, match="WSIS_BROKER_PORT='http' is not a port"):
        Ports.from_environment({"WSIS_BROKER_PORT": "http"})


def test_a_missing_package_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "SCRIPTS", tmp_path)
    with pytest.raises(CannotStart, match="apt-get install rabbitmq-server"):
        broker.private(tmp_path, Ports.free())


def is_running(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_where_no_mongodb_runs_the_embedded_store_takes_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WSIS_LOCAL_STORE", "embedded")
    with Stack(tmp_path / "stack", parts=("store",)) as stack, connect(stack.store.uri) as client:
        with client.start_session() as session, session.start_transaction():
            client.test.notes.insert_one({"_id": 1}, session=session)
        assert client.test.notes.count_documents({}) == 1
        assert "secantus" in " ".join(stack.store.programs[0].argv)


def test_a_set_of_three_elects_another_primary_and_keeps_what_was_written(tmp_path: Path) -> None:
    with Stack(tmp_path, parts=("store",), members=3) as stack, connect(stack.store.uri) as client:
        assert set(stack.pids()) == {"store-0", "store-1", "store-2"}
        assert isinstance(stack.store, Mongod)
        client.tests.votes.insert_one({"_id": "before"})
        primary = stack.store.primary()
        stack.stop_program(f"store-{primary}")  # a killed one may be back before the others elect
        client.tests.votes.insert_one({"_id": "after"})
        stack.wait_until(lambda: stack.store.primary() not in (None, primary), "another primary")
        stack.resume(f"store-{primary}")  # it follows the other
        with proxied(stack.store.uri) as proxy, connect(behind(stack.store.uri, proxy)) as through:
            assert through.tests.votes.insert_one({"_id": "through a proxy"}).acknowledged
        assert sorted(row["_id"] for row in client.tests.votes.find()) == ["after", "before", "through a proxy"]


@pytest.mark.parametrize(("wanted", "named"), [("", "MongoDB "), ("embedded", "SecantusDB ")])
def test_figures_name_the_store_that_a_stack_runs(monkeypatch: pytest.MonkeyPatch, wanted: str, named: str) -> None:
    monkeypatch.setenv("WSIS_LOCAL_STORE", wanted)
    assert store.name().startswith(named)
    assert store.name().removeprefix(named)[0].isdigit()
