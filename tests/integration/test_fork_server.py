"""What the kit forks behaves as what it starts by command, and leaves nothing behind."""

import os
import signal
import subprocess
import sys

import psutil
import pytest
from wsis_testkit import actor, crash_at, programs, wait_for

DIES = """
import os, pathlib, sys
from wsis_testkit import programs
folder = pathlib.Path(sys.argv[1])
print(programs.start("service", ["madeup"], {}, folder / "log").pid, flush=True)
sys.stdin.read()
"""


FORKS = """
from wsis_testkit import programs
print(programs.fork_server("service").pid, flush=True)
programs.fork_server("service").close()
"""


def test_what_changes_the_imports_of_pytest_changes_those_of_a_fork(tmp_path):
    """Else a mutant would be in no service, and live."""
    (tmp_path / "sitecustomize.py").write_text(f"import os; os.mknod({str(tmp_path)!r} + f'/{{os.getpid()}}')\n")
    path = os.pathsep.join([str(tmp_path), os.environ["PYTHONPATH"]])
    server = subprocess.check_output([sys.executable, "-c", FORKS], env={**os.environ, "PYTHONPATH": path}, text=True)
    assert (tmp_path / server.strip()).exists()


def test_each_start_has_its_own_settings_and_identity(serve, database):
    own = os.getpriority(os.PRIO_PROCESS, 0)
    started = [serve("madeup", WSIS_NICE="2"), serve("madeup")]
    assert [type(served.process) for served in started] == [programs.Forked] * 2
    assert [os.getpriority(os.PRIO_PROCESS, served.process.pid) - own for served in started] == [2, 0]
    known = {"pid": {"$in": [served.process.pid for served in started]}}
    wait_for(lambda: database("madeup")["processes"].count_documents(known) == 2)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 0), (signal.SIGKILL, -signal.SIGKILL)])
def test_a_stop_is_seen_and_leaves_no_zombie(serve, number, status):
    served = serve("madeup")
    assert served.call("echo", actor(), value=1) == {"value": 1}
    assert served.process.poll() is None
    assert served.stop(number) == served.process.poll() == status
    assert not psutil.pid_exists(served.process.pid)
    served.process.kill()  # nobody is hit


def test_what_cannot_start_says_so(serve, environment, tmp_path):
    unknown = programs.start("service", ["nobody"], environment, tmp_path / "log")
    assert unknown.wait(30) == 2
    assert "no plugin called nobody is installed" in (tmp_path / "log").read_text("utf-8")
    nameless = programs.start("service", ["madeup"], {**environment, "WSIS_SECRET": ""}, tmp_path / "other")
    assert nameless.wait(30) == 2
    assert "WSIS_SECRET must be set" in (tmp_path / "other").read_text("utf-8")


def test_a_wait_ends_in_time(serve):
    served = serve("madeup")
    with pytest.raises(subprocess.TimeoutExpired):
        served.process.wait(0.01)


def test_what_changes_imports_is_no_fork(serve, tmp_path):
    unlike = serve("madeup", wait=False, PYTHONPATH=os.pathsep.join([str(tmp_path), os.environ["PYTHONPATH"]]))
    assert isinstance(unlike.process, subprocess.Popen)
    programs.kill(unlike.process)


def test_a_crash_is_of_one_process_alone(serve):
    dying = serve("madeup", wait=False, **crash_at("wsis_shared.bus.service:BusProvider.start:before"))
    assert (type(dying.process), dying.process.wait(30)) == (programs.Forked, 137)
    assert serve("madeup").stop() == 0


def test_no_process_outlives_pytest(environment, tmp_path):
    command = [sys.executable, "-c", DIES, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as dying:
        child = psutil.Process(int(dying.stdout.readline()))
        server = child.parent()
        wait_for(lambda: b'"serving"' in (tmp_path / "log").read_bytes(), 90, "the service")
        dying.kill()
    wait_for(lambda: not child.is_running() and not server.is_running(), 30, "the end of both")
