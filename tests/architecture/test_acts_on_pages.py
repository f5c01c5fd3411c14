"""What people do over the API, they do on pages too: a voter's vote, a sponsor's logo, an officer's whole day."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from wsis_shared.plugin import Route

_VARIABLE = re.compile(r"\{\w+\}")
# An act without a form says so where its route is described, with the reason, and clients read it too.
_API_ALONE = re.compile(r"Over the API alone: \w.{15,}")


def test_each_act_has_a_form_or_says_why_not(project: Any) -> None:
    sent = _sent(project)
    acts = [route for plugin in project.plugins for route in plugin.routes if route.writes]
    without = [route for route in acts if _named(route) not in sent]
    assert len(sent) > 100
    assert _paths(without) == _paths(route for route in without if _API_ALONE.search(route.description)), (
        "a page has a form of it, or its description says why it is `Over the API alone: ...`"
    )


def test_no_act_with_a_form_says_that_it_has_none(project: Any) -> None:
    sent = _sent(project)
    said = [route for plugin in project.plugins for route in plugin.routes if "Over the API alone" in route.description]
    assert said
    assert _paths(route for route in said if _named(route) in sent) == []


def _sent(project: Any) -> set[str]:
    return {_shape(form.route) for plugin in project.plugins for page in plugin.pages for form in page.forms}


def _named(route: Route) -> str:
    return _shape(f"{route.method} {route.path}")


def _shape(address: str) -> str:
    """A route without the names of its variables and without its query: a form may call them otherwise."""
    return _VARIABLE.sub("{}", address.partition("?")[0])


def _paths(routes: Iterable[Route]) -> list[str]:
    return [f"{route.method} {route.path}" for route in routes]
