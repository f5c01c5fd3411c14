"""What staff do has a title in each language, for the audit log."""

from __future__ import annotations

import ast
from pathlib import Path

from wsis_shared.plugin import discover
from wsis_shared.reference.sets import sets_of
from wsis_shared.schemas import LOCALES

ROOT = Path(__file__).parents[2]
SOURCES = [path for folder in ("services", "shared") for path in (ROOT / folder).rglob("src/**/*.py")]


def recorded() -> set[str]:
    """The actions that code names where it makes an entry."""
    calls = [
        node
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.entry" and node.args
    ]
    return {str(call.args[0].value) for call in calls if isinstance(call.args[0], ast.Constant)}


def test_each_act_has_a_title_in_each_language() -> None:
    titles = {str(row["code"]): row["title"] for row in sets_of(discover(routes=False))["audit_acts"].load()}
    acts = recorded()
    assert len(acts) > 50
    assert [act for act in sorted(acts) if {*titles.get(act, ())} != {*LOCALES}] == []
