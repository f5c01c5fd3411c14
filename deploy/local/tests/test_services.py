"""Which programs a stack runs for its services: from the manifests, with the numbers and ports of the environment."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from wsis_local import services
from wsis_local.ports import CannotStart, Ports, process_ports
from wsis_local.supervise import Program, Supervisor
from wsis_shared.plugin import discover
from wsis_testkit import wait_for

PROCESSES = {process.full_name(plugin.name): process for plugin in discover() for process in plugin.processes}


def test_each_service_and_each_process_is_a_program() -> None:
    programs = {program.name: program for program in services.programs(None, {}, {})}
    assert set(programs) == {*[plugin.name for plugin in discover()], *PROCESSES}
    for name in PROCESSES:
        service, _, process = name.partition("-")
        assert programs[name].argv[1:] == ("-m", "wsis_shared.serve_process", service, process)


def test_a_process_runs_as_often_as_the_environment_says() -> None:
    for name, process in PROCESSES.items():
        setting = f"WSIS_{name.upper().replace('-', '_')}_PROCESSES"
        if not process.scalable:
            with pytest.raises(CannotStart, match="not scalable"):
                list(services.programs(None, {setting: "2"}, {}))
            continue
        programs = {program.name: program for program in services.programs(None, {setting: "2"}, {})}
        assert programs[name].processes == 2
        with pytest.raises(CannotStart, match=setting):
            list(services.programs(None, {setting: "many"}, {}))


def test_a_process_listens_on_a_port_of_its_own() -> None:
    ports = Ports.free()
    addresses = services.addresses(ports)
    for name, port in process_ports().items():
        assert addresses[port.address_setting] == f"127.0.0.1:{ports[name]}"
        assert Ports.from_environment({})[name] == port.number
        assert Ports.from_environment({port.setting: "4321"})[name] == 4321
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", ports[name]))
            taken.listen()
            with pytest.raises(CannotStart, match=port.setting):
                ports.require_free(services.ports(None))
    assert services.ports([]) == []


def test_a_free_port_is_nobody_else_s_before_this_process_ends() -> None:
    ports = Ports.free()
    others = f"from wsis_local import ports; ports.FREE_RANGE = {list(ports.values())}; print(*ports.free_ports())"
    assert subprocess.check_output([sys.executable, "-c", others], text=True) == "\n"
    assert set(ports.values()).isdisjoint(Ports.free().values())


def test_a_service_is_stopped_without_its_processes(tmp_path: Path) -> None:
    argv = (sys.executable, "-c", "import time; time.sleep(600)")
    programs = [Program("a", argv, 1, processes=2), Program("a-b", argv, 1), Program("a-b2", argv, 1)]
    supervisor = Supervisor(tmp_path)
    supervisor.start(programs, {})
    try:
        wait_for(lambda: supervisor.runs() and {one.state for one in supervisor.processes()} == {"RUNNING"})
        supervisor.stop_program("a")
        running = {one.name for one in supervisor.processes() if one.state == "RUNNING"}
        assert running == {"a-b", "a-b2"}
    finally:
        supervisor.stop()
