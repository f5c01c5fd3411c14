"""The Prizes and their votes do not know of sponsors, nor the reverse."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest
from wsis_shared.bus import Composed, ServiceClient
from wsis_shared.plugin import discover

from wsis_partnerships.plugin import plugin

CONTEST = ("prizes", "voting")
PUBLIC_FIELDS = {"edition", "partner", "organization", "package", "activity"}


def _knows(name: str) -> set[str]:
    """The services whose events a service reads, which it calls, and which it imports."""
    found = discover().get(name)
    assert found is not None
    known = {needed.source for needed in found.depends_on}
    known |= {key.source for selection in found.selects for key in selection.events(discover())}
    service = found.load("service")
    for attribute in (getattr(service, each, None) for each in dir(service)):
        if isinstance(attribute, Composed):
            known |= {call.partition(".")[0] for call in attribute.calls}
        if isinstance(attribute, ServiceClient):
            known.add(attribute._service)
    root = Path(str(import_module(f"wsis_{name}").__file__)).parent
    for module in root.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
                known |= {each.split(".")[0].removeprefix("wsis_") for each in names if each.startswith("wsis_")}
    return known


@pytest.mark.parametrize("other", CONTEST)
def test_no_event_call_or_import_leads_to_or_from_the_contest(other: str) -> None:
    assert other not in _knows("partnerships")
    assert "partnerships" not in _knows(other)


def test_links_between_services_are_found() -> None:
    assert "prizes" in _knows("voting")


def test_public_events_have_no_amount_and_no_account() -> None:
    public = [event for event in plugin.publishes if event.public]
    assert {event.type for event in public} == {"partner_confirmed", "partner_withdrawn", "fund_changed"}
    assert all(set(event.schema().fields) <= PUBLIC_FIELDS for event in public)
