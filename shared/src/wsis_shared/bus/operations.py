"""The service class of use cases: their marked methods (wsis_shared.operations) become its entrypoints."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Any, get_type_hints

from wsis_shared import context
from wsis_shared.bus.marks import entrypoint
from wsis_shared.bus.service import Composed, Parts, Service
from wsis_shared.bus.subscriptions import subscribe
from wsis_shared.erasure import Erasure
from wsis_shared.operations import marks_of
from wsis_shared.plugin import Mode, Plugin, discover
from wsis_shared.resources import load_object

Compose = Callable[[Parts], Any]
Method = Callable[..., Any]

SUPPLIED: Mapping[str, Callable[[Any], Any]] = {
    "ctx": lambda _: context.current(),
    **{name: attrgetter(name) for name in ("blobs", "jobs", "notify", "grants", "stopping")},
}
CONVERTED: Mapping[str, Callable[[Any], Any]] = {"erasure": Erasure.of}  # messages, by the name of the parameter
ROLES_CHANGED = "on_power_changed"  # handles the event that says which roles an account has


def service_of(plugin: Plugin) -> type[Service]:
    """The class that nameko serves. It derives from the one that the manifest names, if there is one. Raises ValueError
    for a name that two methods have."""
    base: type[Service] = load_object(plugin.service) if plugin.service else Service
    composes: list[Compose] = [load_object(path) for path in plugin.use_cases]
    members: dict[str, Any] = {}
    for kind in (kind for compose in composes for _, kind in _joined(_returned(compose))):
        for name, member in _members(kind, plugin):
            if name in members:
                raise ValueError(f"two methods of the use cases are called {name}: rename one")
            members[name] = member
    for event in plugin.depends_on:
        if plugin.jobs and event.method == ROLES_CHANGED and not hasattr(base, ROLES_CHANGED):
            handler = subscribe(event.source, event.type, version=event.version)(_end_lost_jobs)
            members.setdefault(ROLES_CHANGED, handler)
    members["use_cases"] = Composed(functools.partial(_composed, composes), functools.partial(_calls, plugin))
    return type(f"{plugin.name.title()}Service", (base,), {"name": plugin.name, **members})


def _calls(plugin: Plugin) -> set[str]:
    selected = load_object(plugin.selects_calls)(discover()) if plugin.selects_calls else ()
    return {*plugin.calls, *selected}


def _composed(composes: Iterable[Compose], parts: Parts) -> dict[type, Any]:
    """The objects with marked methods, by their classes."""
    made = ((compose(parts), _returned(compose)) for compose in composes)
    return {kind: functools.reduce(getattr, path, one) for one, returned in made for path, kind in _joined(returned)}


def _returned(compose: Compose) -> Any:
    return get_type_hints(compose, localns={"Parts": Parts})["return"]


def _joined(kind: Any) -> Iterator[tuple[tuple[str, ...], type]]:
    """The class, and those of the fields of a dataclass, with the path from one to the other."""
    yield (), kind
    if dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        for field in dataclasses.fields(kind):
            if isinstance(hints[field.name], type):
                yield from (((field.name, *path), inner) for path, inner in _joined(hints[field.name]))


def _members(kind: type, plugin: Plugin) -> Iterator[tuple[str, Any]]:
    """The entrypoints of a class by their names, and the methods that clean up after its jobs."""
    starting = {route.handler for route in plugin.routes if route.mode is Mode.JOB}
    for attribute, method in inspect.getmembers(kind, inspect.isfunction):
        for mark in marks_of(method):
            name = mark.name or attribute
            yield name, entrypoint(mark, _delegate(kind, method, name, starts_job=name in starting))
            if clean_up := mark.options.get("clean_up"):
                yield clean_up, _delegate(kind, getattr(kind, clean_up), clean_up)


def _delegate(kind: type, method: Method, name: str, *, starts_job: bool = False) -> Method:
    """A method of the service class that calls one of a use case, with what that asks for by name."""
    signature = inspect.signature(method)
    supplied = [(each, SUPPLIED[each]) for each in signature.parameters if each in SUPPLIED]
    own = [each for each in signature.parameters.values() if each.name not in SUPPLIED]
    names = [each.name for each in own[1:]]

    @functools.wraps(method)
    def delegate(self: Any, *message: Any, **arguments: Any) -> Any:
        for given, value in zip(names, message, strict=False):  # an event, a mail, a run: RPC has names
            arguments[given] = CONVERTED[given](value) if given in CONVERTED else value
        for given, supply in supplied:
            arguments[given] = supply(self.bus)
        result = method(self.use_cases[kind], **arguments)
        return self.job_response(result) if starts_job else result

    delegate.__name__ = name
    delegate.__signature__ = signature.replace(parameters=own)  # type: ignore[attr-defined]  # read by inspect
    return delegate


def _end_lost_jobs(self: Any, event: dict[str, Any]) -> None:
    """Whoever has lost a role has lost the jobs that they began with it."""
    self.end_lost_jobs(event["data"]["account"], event["data"]["roles"])


_end_lost_jobs.__name__ = ROLES_CHANGED
