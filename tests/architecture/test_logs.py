"""docs/security/logs.md lists the fields of all lines, the events of security, and logs go nowhere else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest

_CODE = re.compile(r"`([^`]+)`")
LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "log"}
# Always security: who is not let in, may not do it, or does it too often.
REFUSALS = {"Unauthenticated", "Forbidden", "TooMany"}
# structlog and the formatter of log.py add these to each line.
ADDED = {"timestamp", "level", "event", "service", "request_id", "trace_id"}
# What writes a log elsewhere than to standard error, or how.
HANDLERS = re.compile(
    r"(FileHandler|SysLogHandler|SocketHandler|DatagramHandler|HTTPHandler|SMTPHandler|QueueHandler|logging.StreamHandler"
    r"|basicConfig|dictConfig|fileConfig|addHandler|handlers\[:\])"
)


@pytest.fixture(scope="module")
def page(project: Any) -> dict[str, str]:
    """Heading -> text of the section."""
    text: str = (project.root / "docs/security/logs.md").read_text("utf-8")
    return {head: body for head, body in re.findall(r"\n## (.+)\n([\s\S]*?)(?=\n## |\Z)", text)}


def modules(project: Any) -> list[Any]:
    return [module for module in project.modules if module.owner not in project.development]


def calls(project: Any) -> Iterator[tuple[Any, str, ast.Call]]:
    """(module, name of the function, call)."""
    for module in modules(project):
        for node in module.nodes(ast.Call):
            if isinstance(node.func, ast.Name | ast.Attribute):
                yield module, node.func.id if isinstance(node.func, ast.Name) else node.func.attr, node


def first_column(section: str) -> set[str]:
    return {name for row in re.findall(r"^\| (`.+?) \|", section, re.MULTILINE) for name in _CODE.findall(row)}


def _keys(module: Any, value: ast.expr) -> set[str]:
    """The keys of a dictionary, or of the one that a name stands for in its module."""
    if isinstance(value, ast.Name):
        assigned = [
            node.value for node in module.nodes(ast.Assign)
            if any(ast.unparse(target) == value.id for target in node.targets)
        ]  # fmt: skip
        return set().union(*(_keys(module, one) for one in assigned if isinstance(one, ast.Dict)))
    assert isinstance(value, ast.Dict), f"{module}: extra= is to be a dictionary, for this test to read"
    pairs = zip(value.keys, value.values, strict=True)
    return set().union(*(_keys(module, one) if key is None else {ast.literal_eval(key)} for key, one in pairs))


def test_all_fields_are_listed(project: Any, page: dict[str, str]) -> None:
    found = set(ADDED)
    for module, name, call in calls(project):
        for word in call.keywords:
            if word.arg == "extra" and (name in LEVELS or name == "partial"):
                found |= _keys(module, word.value)
        if name == "write" and str(module).endswith("gateway/middleware.py"):
            assert isinstance(call.args[0], ast.Dict)
            found |= {ast.literal_eval(key) for key in call.args[0].keys if key is not None}
    assert first_column(page["A line"]) == found
    assert len(found) > 40


def test_all_refusals_are_events_of_security(project: Any, page: dict[str, str]) -> None:
    codes, refusals = set(), set()
    for _, name, call in calls(project):
        texts = [arg.value for arg in call.args[:2] if isinstance(arg, ast.Constant)]
        named = [text for text in texts if isinstance(text, str) and re.fullmatch(r"[a-z]+\.[a-z_]+", text)]
        codes.update(named)
        if name in REFUSALS or (name == "HttpError" and texts[:1] in ([401], [403], [429])):
            refusals.update(named)
    listed = {name for name in first_column(page["Events of security"]) if "." in name}
    assert refusals - listed == set()
    assert listed - codes == set()


def test_all_lines_of_security_are_written(project: Any, page: dict[str, str]) -> None:
    written = {
        arg.value for _, name, call in calls(project) if name in LEVELS | {"partial"}
        for arg in call.args if isinstance(arg, ast.Constant)
    }  # fmt: skip
    lines = {name for name in first_column(page["Events of security"]) if "." not in name}
    assert lines - written == set()
    assert len(lines) > 8


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
