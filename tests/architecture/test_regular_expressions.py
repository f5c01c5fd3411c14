"""S9: no regular expression of what ships takes long on any text; where one may, the text is short."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

sys.path.append(str(Path(__file__).parent))

from pumped import LARGE, Expression, slow_on

PUMPED = Path(__file__).with_name("pumped.py")
SHORT_TEXTS = Path(__file__).with_name("short_texts.yaml")
MATCHING = {"match", "fullmatch"}
FUNCTIONS = ("match", "fullmatch", "search", "sub", "split", "findall", "finditer")


@pytest.fixture(scope="module")
def expressions(project: Any) -> dict[Expression, str]:
    """All of them, each with its file."""
    modules = [module for module in project.modules if module.owner not in project.development]
    return {expression: name for name, expression in _found(project.root, modules)}


def _found(root: Path, modules: list[Any]) -> Iterator[tuple[str, Expression]]:
    by_path = {str(module.path): module for module in modules}
    names = [
        ".".join((f"wsis_{module.owner}", *module.parts)).removesuffix(".py").removesuffix(".__init__")
        for module in modules
        if re.search(r"\bre\.compile|Regexp", module.text)
    ]
    done = subprocess.run([sys.executable, PUMPED, *names], capture_output=True, text=True, check=True, cwd=root)
    for file, line, pattern, is_bytes, flags in map(json.loads, done.stdout.splitlines()):
        if file in by_path:
            text = pattern.encode("latin-1") if is_bytes else pattern
            yield by_path[file].name, Expression(text, flags, _method(by_path[file], line, modules))
    for module in modules:
        for call in module.nodes(ast.Call):
            function = ast.unparse(call.func).removeprefix("re.")
            if (
                ast.unparse(call.func).startswith("re.")
                and function in FUNCTIONS
                and isinstance(call.args[0], ast.Constant)
            ):
                flags = re.NOFLAG if isinstance(call.args[0].value, str) else 0
                yield (
                    module.name,
                    Expression(call.args[0].value, int(flags), function if function in MATCHING else "search"),
                )


def _method(module: Any, line: int, modules: list[Any]) -> str:
    """How an expression is used that is compiled there: its name is looked for, in all modules where it is no private
    one. Validators match."""
    for node in module.nodes(ast.Assign):
        if node.lineno <= line <= (node.end_lineno or 0) and isinstance(node.targets[0], ast.Name):
            if "Regexp(" in ast.unparse(node.value):
                return "match"
            name = node.targets[0].id
            among = [module] if name.startswith("_") else modules
            used = {method for each in among for method in _used(each.path, name)}
            return "search" if not used or used - MATCHING else "fullmatch" if used == {"fullmatch"} else "match"
    return "match" if "Regexp" in module.text and "re.compile" not in module.text else "search"


@cache
def _text(path: Path) -> str:
    return path.read_text("utf-8")


def _used(path: Path, name: str) -> set[str]:
    return set(re.findall(rf"\b{name}\.(\w+)\(", _text(path)))


def test_there_are_many(expressions: dict[Expression, str]) -> None:
    assert len(expressions) > 150


def test_a_careless_one_is_found() -> None:
    assert slow_on(Expression(r"(a+)+$", 0))
    assert slow_on(Expression(r"\s+$", 0))
    assert slow_on(Expression(r"\s+$", 0, "match")) == ""
    assert slow_on(Expression(r"[a-z]+\.[a-z]+", 0, "match")) == ""


def test_none_takes_longer_than_its_text_is_long(expressions: dict[Expression, str]) -> None:
    short = {(row["file"], row["begins"]): row["most"] for row in yaml.safe_load(SHORT_TEXTS.read_text("utf-8"))}
    slow, needed = {}, set()
    for expression, file in expressions.items():
        text = expression.pattern if isinstance(expression.pattern, str) else expression.pattern.decode("latin-1")
        found = slow_on(expression)
        key = next(((at, begins) for at, begins in short if at == file and text.startswith(begins)), None)
        if found and key:
            needed.add(key)
            found = slow_on(expression, short[key]) if short[key] < LARGE else ""
        if found:
            slow[f"{file}: {text[:60]}"] = found
    assert [f"{name} -> {why}" for name, why in slow.items()] == []
    assert set(short) - needed == set(), "these are linear: the list may lose them"
