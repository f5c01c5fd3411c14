"""Services find a broker or a member of the store that was replaced: it is not there for a moment, and has another
address then."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# A name server of its own, without the network of this machine.
ALONE = 'ip link set lo up && mount --bind "$1" /etc/resolv.conf && exec "$2" "$3"'


def may_make_namespaces() -> bool:
    return bool(shutil.which("unshare")) and not subprocess.run(["unshare", "--mount", "--net", "true"]).returncode


@pytest.mark.skipif(os.geteuid() != 0 or not may_make_namespaces(), reason="only root makes namespaces")
def test_a_container_that_was_replaced_is_found_at_once_and_nobody_waits_for_the_name_server(tmp_path: Path) -> None:
    (tmp_path / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:30 attempts:5\n")
    script = Path(__file__).with_name("look_up_names.py")
    words = ("sh", "-c", ALONE, "sh", str(tmp_path / "resolv.conf"), sys.executable, str(script))
    done = subprocess.run(["unshare", "--mount", "--net", *words], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines() == [
        "nothing nothing",
        "127.0.0.7 127.0.0.7",
        "nothing nothing",
        "127.0.0.9 127.0.0.9",
        "others go on",
        "ends amid a look-up",
    ], done.stderr[-2000:]
