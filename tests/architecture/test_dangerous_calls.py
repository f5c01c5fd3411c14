"""What runs text as code, what starts programs, what asks a clock that may be wrong: nothing in production does the
first, few modules do the others."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

# ruff looks for some of these; a suppression there does not silence this test.
RUN_TEXT = {
    "eval",
    "exec",
    "compile",
    "__import__",
    "builtins.eval",
    "builtins.exec",
    "builtins.compile",
    "code.interact",
    "code.InteractiveInterpreter",
    "runpy.run_path",
    "runpy.run_module",
    "pickle.load",
    "pickle.loads",
    "marshal.load",
    "marshal.loads",
    "yaml.load_all",
    "yaml.unsafe_load",
    "ctypes.CDLL",
}
SHELLS = {
    "os.system",
    "os.popen",
    "subprocess.getoutput",
    "subprocess.getstatusoutput",
    "asyncio.create_subprocess_shell",
    "pty.spawn",
}
PROGRAMS = ("subprocess.", "os.exec", "os.spawn", "os.posix_spawn", "asyncio.create_subprocess_exec")
# Who starts a program, with a list whose values are arguments: Python with a module of ours, or a browser.
STARTERS = {
    "services/consultation/src/wsis_consultation/attachments/inspection/sandbox.py",
    "services/notifications/src/wsis_notifications/mails/pictures.py",
    "shared/src/wsis_shared/child_process.py",
    "shared/src/wsis_shared/cli.py",
    "shared/src/wsis_shared/rendering/process.py",
    "shared/src/wsis_shared/tables/child.py",
}
# Who reads mails from outside does it with the guard of this module.
MAIL_READER = "shared/src/wsis_shared/raw_mail.py"
PARSE_MAIL = ("email.message_from_", "email.parser.Parser", "email.parser.Bytes", "email.parser.FeedParser")
# Machines may have wrong clocks; `wsis_shared.clock` follows that of the store. An agency runs this one, without any.
MACHINE_CLOCKS = {"time.time", "datetime.datetime.now", "datetime.datetime.utcnow"}
ASKS_ITS_MACHINE = {"services/agencies/src/wsis_agencies/agency_check.py"}
KINDS = {"run", "Popen", "call", "check_call", "check_output"}


def called(nodes: Sequence[ast.AST]) -> Iterator[tuple[str, ast.Call]]:
    """(dotted name, call) of each call, by the name that its module was imported under. Takes imports and calls."""
    aliases: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            aliases.update({name.asname: name.name for name in node.names if name.asname})
        elif isinstance(node, ast.ImportFrom) and not node.level:
            aliases.update({name.asname or name.name: f"{node.module}.{name.name}" for name in node.names})
    for node in nodes:
        if isinstance(node, ast.Call) and (names := _dotted(node.func)):
            yield ".".join([aliases.get(names[0], names[0]), *names[1:]]), node


def _dotted(node: ast.expr) -> list[str]:
    """The names of `a.b.c`; empty for what begins with anything else than a name."""
    if isinstance(node, ast.Attribute):
        return [*before, node.attr] if (before := _dotted(node.value)) else []
    return [node.id] if isinstance(node, ast.Name) else []


def starts_a_shell(name: str, call: ast.Call) -> bool:
    """A shell, or a command that is one text: only a list keeps its values apart."""
    if name in SHELLS or any(word.arg == "shell" for word in call.keywords):
        return True
    text = call.args and isinstance(call.args[0], ast.Constant | ast.JoinedStr | ast.BinOp)
    return bool(text) and name.startswith("subprocess.") and name.rpartition(".")[2] in KINDS


@pytest.fixture(scope="module")
def calls(project: Any) -> list[tuple[str, str, ast.Call]]:
    """(module, name, call) of each call in production."""
    modules = [module for module in project.modules if module.owner not in project.development]
    kinds = (ast.Import, ast.ImportFrom, ast.Call)
    return [(str(module), name, call) for module in modules for name, call in called(module.nodes(*kinds))]


def test_no_text_is_run_as_code(calls: list[tuple[str, str, ast.Call]]) -> None:
    assert [(module, name) for module, name, _ in calls if name in RUN_TEXT] == []


def test_no_shell_is_started(calls: list[tuple[str, str, ast.Call]]) -> None:
    assert [(module, name) for module, name, call in calls if starts_a_shell(name, call)] == []


def test_few_modules_start_programs(calls: list[tuple[str, str, ast.Call]]) -> None:
    assert {module for module, name, _ in calls if name.startswith(PROGRAMS)} == STARTERS


def test_mails_are_parsed_in_one_place(calls: list[tuple[str, str, ast.Call]]) -> None:
    assert {module for module, name, _ in calls if name.startswith(PARSE_MAIL)} == {MAIL_READER}


def test_services_go_by_the_clock_of_the_store(calls: list[tuple[str, str, ast.Call]]) -> None:
    asks = {module for module, name, _ in calls if module.startswith("services/") and name in MACHINE_CLOCKS}
    assert asks == ASKS_ITS_MACHINE


@pytest.mark.parametrize(
    "text",
    [
        "eval(x)",
        "from builtins import exec as run\nrun(x)",
        "import builtins as b\nb.eval(x)",
        "from pickle import loads\nloads(x)",
        "import pickle\npickle.loads(x)",
    ],
)
def test_code_from_text_would_be_found(text: str) -> None:
    assert {name for name, _ in called([*ast.walk(ast.parse(text))])} & RUN_TEXT


@pytest.mark.parametrize(
    "text",
    [
        "import os\nos.system(x)",
        "from os import popen\npopen(x)",
        "import subprocess\nsubprocess.run(x, shell=True)",
        "from subprocess import run\nrun(f'unzip {x}')",
        "import subprocess as s\ns.Popen('unzip ' + x)",
        "from subprocess import getoutput as get\nget(x)",
    ],
)
def test_a_shell_would_be_found(text: str) -> None:
    assert any(starts_a_shell(name, call) for name, call in called([*ast.walk(ast.parse(text))]))
