"""What people do over the API, they do on pages too: a voter's vote, a sponsor's logo, an officer's whole day."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from wsis_shared.plugin import PUBLIC, Route

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


def test_each_file_that_is_not_for_everybody_is_on_a_page_or_says_why_not(project: Any) -> None:
    """A browser has no session at `/v1`: lists as files, documents, pictures."""
    given = _given(project)
    routes = [route for plugin in project.plugins for route in plugin.routes if not route.writes]
    kept = [route for route in routes if route.permission != PUBLIC and _is_file(route)]
    without = [route for route in kept if _named(route) not in given]
    assert len(kept) > 30
    assert _paths(without) == _paths(route for route in without if _API_ALONE.search(route.description)), (
        "a page has a Download of it, or its description says why it is `Over the API alone: ...`"
    )


def test_nothing_on_a_page_says_that_it_is_on_none(project: Any) -> None:
    there = _sent(project) | _given(project)
    said = [route for plugin in project.plugins for route in plugin.routes if "Over the API alone" in route.description]
    assert said
    assert _paths(route for route in said if _named(route) in there) == []


def _sent(project: Any) -> set[str]:
    return {_shape(form.route) for plugin in project.plugins for page in plugin.pages for form in page.forms}


def _given(project: Any) -> set[str]:
    return {_shape(f"GET {file.route}") for plugin in project.plugins for page in plugin.pages for file in page.files}


def _is_file(route: Route) -> bool:
    return bool(route.export or route.download or route.media != "application/json")


def _named(route: Route) -> str:
    return _shape(f"{route.method} {route.path}")


def _shape(address: str) -> str:
    """A route without the names of its variables and without its query: a form may call them otherwise."""
    return _VARIABLE.sub("{}", address.partition("?")[0])


def _paths(routes: Iterable[Route]) -> list[str]:
    return [f"{route.method} {route.path}" for route in routes]
