"""The small errors that a mutant may have: each is one change of the syntax tree of a module."""

from __future__ import annotations

import ast
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# What is sampled more often is what tests miss more often, and what costs users more.
WEIGHTS = {
    "guard dropped": 4,
    "statement dropped": 4,
    "comparison": 3,
    "boolean": 2,
    "off by one": 2,
    "raise dropped": 1,
    "None returned": 1,
    "arguments swapped": 1,
    "constant": 1,
    "wrong error": 1,
}
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
CODE = re.compile(r"[a-z]+\.[a-z_]+")
LOGS = re.compile(r"_?log(ger)?\b")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)


@dataclass
class Change:
    """One change of one place; `names` are the definitions around it, the innermost first."""

    path: Path
    kind: str
    line: int
    before: str
    after: str
    names: tuple[str, ...]
    place: tuple[ast.AST, str, int | None]
    new: Any
    nth: int = field(default=0)  # among the same changes of one definition

    @property
    def id(self) -> str:
        """Stays while code elsewhere changes, so that a seed takes the same mutants before and after."""
        said = f"{self.path} {self.names} {self.kind} {self.before} {self.after} {self.nth}"
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def apply(self) -> None:
        """Change the tree that the change was found in."""
        owner, name, index = self.place
        if index is None:
            setattr(owner, name, self.new)
        else:
            getattr(owner, name)[index] = self.new


def changes_of(path: Path, tree: ast.Module) -> Iterator[Change]:
    """All changes of a module, in the order of its tree."""
    seen: Counter[str] = Counter()
    raised = _raised(tree)

    def visit(node: ast.AST, names: tuple[str, ...]) -> Iterator[Change]:
        for name, index, child in _children(node):
            for kind, old, new, place in _found(node, name, index, child, names, raised):
                shown = _text(old), _text(new)
                change = Change(path, kind, old.lineno, *shown, names, place, new)
                seen[change.id] += 1
                change.nth = seen[change.id]
                yield change
            inner = (child.name, *names) if isinstance(child, (*FUNCTIONS, ast.ClassDef)) else names
            yield from visit(child, inner or _targets(child))

    yield from visit(tree, ())


def _children(node: ast.AST) -> Iterator[tuple[str, int | None, ast.AST]]:
    """The parts of a node that run and that nobody reads as text: no types, log lines, texts or docstrings."""
    if isinstance(node, (ast.JoinedStr, ast.arg)) or _is_log(node):
        return
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "type_params", "bases"):
            continue
        for index, child in enumerate(value) if isinstance(value, list) else ((None, value),):
            if isinstance(child, ast.AST) and not _is_text(child):
                yield name, index, child


def _found(
    owner: ast.AST, name: str, index: int | None, node: Any, names: tuple[str, ...], raised: dict[str, int]
) -> Iterator[tuple[str, Any, Any, tuple[ast.AST, str, int | None]]]:
    """(kind, the node as it is, what takes its place, where) of the changes of this node."""
    here, gone, inside = (owner, name, index), ast.Pass(), bool(names)
    match node:
        case ast.If(body=[*_, last], orelse=[]) if inside and isinstance(last, ENDS):
            yield "guard dropped", node, gone, here
        case ast.If() | ast.While() if inside:
            yield "boolean", node.test, ast.UnaryOp(ast.Not(), node.test), (node, "test", None)
        case ast.Expr(value=ast.Call()) if inside and not _is_log(node):
            yield "statement dropped", node, gone, here
        case ast.AugAssign() if inside:
            yield "statement dropped", node, gone, here
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]) if inside and names[0] != "__init__":
            yield "statement dropped", node, gone, here
        case ast.Raise(exc=ast.Call() as call) if not _guards(owner, name):
            yield "raise dropped", node, gone, here
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            yield "None returned", node, ast.Return(ast.Constant(None)), here
    match node:
        case ast.Compare(ops=[op, *_]) if type(op) in COMPARISONS:
            new = ast.Compare(node.left, [COMPARISONS[type(op)](), *node.ops[1:]], node.comparators)
            yield "comparison", node, new, here
        case ast.BoolOp():
            other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            yield "boolean", node, ast.BoolOp(other, node.values), here
        case ast.UnaryOp(op=ast.Not()):
            yield "boolean", node, node.operand, here
        case ast.Constant(value=bool()):
            yield "boolean", node, ast.Constant(not node.value), here
        case ast.Constant(value=int()):
            yield "off by one" if inside else "constant", node, ast.Constant(node.value + 1), here
        case ast.Constant(value=str(text)) if isinstance(owner, ast.Dict) and name == "values" and inside and text:
            yield "constant", node, ast.Constant(text + "_"), here
        case ast.Call(args=[ast.expr() as first, ast.expr() as second, *_]) if ast.dump(first) != ast.dump(second):
            unordered = _text(node.func) in ("min", "max")
            if not (unordered or any(isinstance(arg, (ast.Starred, ast.Constant)) for arg in (first, second))):
                new = ast.Call(node.func, [second, first, *node.args[2:]], node.keywords)
                yield "arguments swapped", node, new, here
    match node:
        case ast.Raise(exc=ast.Call(func=ast.Name() | ast.Attribute() as func) as call):
            same = [other for other, size in raised.items() if size == len(call.args) and other != _text(func)]
            if same:
                new = ast.parse(min(same), mode="eval").body
                yield "wrong error", call, ast.Call(new, call.args, call.keywords), (node, "exc", None)
        case ast.Call(func=ast.Name(), args=[ast.Constant(value=str(code)), *_]) if CODE.fullmatch(code):
            yield (
                "wrong error",
                node,
                ast.Call(node.func, [ast.Constant(code + "_"), *node.args[1:]], node.keywords),
                here,
            )


def _raised(tree: ast.Module) -> dict[str, int]:
    """What the module raises, with its number of arguments."""
    return {
        _text(node.exc.func): len(node.exc.args)
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)
    }


def _guards(owner: ast.AST, name: str) -> bool:
    """Is what stands there the body of a guard, which is dropped as a whole?"""
    return isinstance(owner, ast.If) and name == "body" and not owner.orelse


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_log(node: ast.AST) -> bool:
    call = node.value if isinstance(node, ast.Expr) else node
    return isinstance(call, ast.Call) and bool(LOGS.match(ast.unparse(call.func).removeprefix("self.")))


def _targets(node: ast.AST) -> tuple[str, ...]:
    """The names that a statement of the module gives."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return tuple(target.id for target in targets if isinstance(target, ast.Name))


def _text(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())
