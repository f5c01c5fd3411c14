"""Logs go to standard error, and nowhere else."""

from __future__ import annotations

import re
from typing import Any

# What writes a log elsewhere than to standard error, or how.
HANDLERS = re.compile(
    r"(FileHandler|SysLogHandler|SocketHandler|DatagramHandler|HTTPHandler|SMTPHandler|QueueHandler|logging.StreamHandler"
    r"|basicConfig|dictConfig|fileConfig|addHandler|handlers\[:\])"
)


def modules(project: Any) -> list[Any]:
    return [module for module in project.modules if module.owner not in project.development]


def test_logs_go_to_standard_error_alone(project: Any) -> None:
    """Two modules set handlers, one writes lines of its own, and three say why a process does not start."""
    found = {str(module) for module in modules(project) if HANDLERS.search(module.text)}
    assert found == {"shared/src/wsis_shared/log.py", "gateway/src/wsis_gateway/server_log.py"}
    assert "StreamHandler(sys.stderr)" in (project.root / "shared/src/wsis_shared/log.py").read_text("utf-8")
    written = {str(module) for module in modules(project) if "sys.stderr.write" in module.text}
    starting = {f"shared/src/wsis_shared/{name}.py" for name in ("serve", "serve_process")}
    starting.add("gateway/src/wsis_gateway/gunicorn.conf.py")
    assert written == {"gateway/src/wsis_gateway/access_log.py", *starting}
    settings = (project.root / "gateway/src/wsis_gateway/gunicorn.conf.py").read_text("utf-8")
    assert "accesslog = None" in settings
    assert re.search(r"^(errorlog|syslog\w*|logconfig\w*)\b", settings, re.MULTILINE) is None
