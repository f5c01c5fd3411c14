"""The service class of use cases: their marked methods (wsis_shared.operations) become its entrypoints."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Any, cast, get_args, get_type_hints

from wsis_shared import context, operations
from wsis_shared.bus.composition import Composed
from wsis_shared.bus.marks import entrypoint
from wsis_shared.bus.service import Bus, Service
from wsis_shared.bus.subscriptions import subscribe
from wsis_shared.erasure import Erasure
from wsis_shared.jobs.states import Job
from wsis_shared.json_types import Input
from wsis_shared.operations import Mark, marks_of
from wsis_shared.parts import Parts
from wsis_shared.plugin import Mode, Plugin, discover
from wsis_shared.resources import load_object

Compose = Callable[[Parts], object]
Method = Callable[..., object]

SUPPLIED: Mapping[str, Callable[[Bus], object]] = {
    "ctx": lambda _: context.current(),
    **{name: attrgetter(name) for name in operations.SUPPLIED if name != "ctx"},
}
CONVERTED: Mapping[str, Callable[[Input], object]] = {"erasure": Erasure.of}  # messages, by the name of the parameter
ROLES_CHANGED, SAYS = "power_changed", {"account", "roles"}  # the event that says which roles an account has
ENDS_JOBS = "on_power_changed"  # handles it in a service with jobs
OPTIONS = ("max_in_flight", "max_jobs_in_flight", "shows_dead_letters")  # of the manifest, for the service
RESERVED = {"name", "use_cases", *OPTIONS, ENDS_JOBS}


def service_of(plugin: Plugin) -> type[Service]:
    """The class that nameko serves. It derives from the one that the manifest names, if there is one. Raises ValueError
    for a name that two methods have, or that every service has, and for a method that no message fits."""
    base: type[Service] = load_object(plugin.service) if plugin.service else Service
    composes: list[Compose] = [load_object(path) for path in plugin.use_cases]
    members: dict[str, object] = {}
    for kind in (kind for compose in composes for kind in _kinds(compose)):
        for name, member in _members(kind, plugin):
            if name in members:
                raise ValueError(f"two methods of the use cases are called {name}: rename one")
            if name in RESERVED or hasattr(Service, name):
                raise ValueError(f"every service has {name}: rename the method of {kind.__name__}")
            members[name] = member
    if plugin.jobs and not hasattr(base, ENDS_JOBS):
        members |= _ending_jobs(plugin)
    if not plugin.service:
        members |= {option: getattr(plugin, option) for option in OPTIONS}
    members["use_cases"] = Composed(functools.partial(_composed, composes), functools.partial(_calls, plugin))
    return type(f"{plugin.name.title()}Service", (base,), {"name": plugin.name, **members})


def _ending_jobs(plugin: Plugin) -> dict[str, object]:
    """The handler by which jobs end with the roles of those who began them. Raises ValueError where the manifest
    depends on the event and leaves it to other handlers alone."""
    found = [each for each in plugin.depends_on if each.type == ROLES_CHANGED and set(each.reads) >= SAYS]
    own = [each for each in found if each.method == ENDS_JOBS]
    if found and not own:
        event = f"{found[0].source}.{ROLES_CHANGED}"
        raise ValueError(f"jobs must end with roles: depend on {event} once without a handler")
    return {each.method: subscribe(each.source, each.type, version=each.version)(_end_lost_jobs) for each in own}


def _calls(plugin: Plugin) -> set[str]:
    selected = load_object(plugin.selects_calls)(discover(routes=False)) if plugin.selects_calls else ()
    return {*plugin.calls, *selected}


def _composed(composes: Iterable[Compose], parts: Parts) -> dict[type, object]:
    """The objects with marked methods, by their classes. Raises ValueError for one whose class no annotation names:
    its entrypoints were not made."""
    made = [(_kinds(compose), compose(parts)) for compose in composes]
    found = [pair for kinds, one in made for pair in zip(kinds, one if isinstance(one, tuple) else (one,), strict=True)]
    lost = {type(part) for _, part in found} - {kind for kind, _ in found}
    if names := sorted(kind.__name__ for kind in lost if any(_marked(kind))):
        raise ValueError(f"annotate what composes them with {', '.join(names)}, in place of another class")
    return dict(found)


def _kinds(compose: Compose) -> tuple[type, ...]:
    """The classes of what it returns: one, or several in a tuple."""
    try:
        returned: type = get_type_hints(compose)["return"]
    except KeyError:
        raise ValueError(
            f"{compose.__module__}.{compose.__qualname__} must say in its annotation what it returns"
        ) from None
    named = isinstance(returned, type) and issubclass(returned, tuple) and get_type_hints(returned)
    return tuple(named.values()) if named else get_args(returned) or (returned,)


def _members(kind: type, plugin: Plugin) -> Iterator[tuple[str, object]]:
    """The entrypoints of a class by their names, and the methods that clean up after its jobs."""
    starting = {route.handler for route in plugin.routes if route.mode is Mode.JOB}
    marked = list(_marked(kind))
    for name, method, mark in marked:
        _check(method, mark)
        yield name, entrypoint(mark, _delegate(kind, method, name, starts_job=name in starting))
    for name in {str(mark.options.get("clean_up", "")) for *_, mark in marked} - {""}:  # several jobs may have one
        yield name, _delegate(kind, getattr(kind, name), name)


def _marked(kind: type) -> Iterator[tuple[str, Method, Mark]]:
    for attribute, method in inspect.getmembers(kind, inspect.isfunction):
        for mark in marks_of(method):
            yield mark.name or attribute, method, mark


def _check(method: Method, mark: Mark) -> None:
    """Raises ValueError for a method that its kind of message does not fit: RPC has names, a timer brings nothing, and
    all others bring one thing."""
    _, *own = [each for each in inspect.signature(method).parameters.values() if each.name not in SUPPLIED]
    brought = 0 if mark.kind == "every" else 1
    required = [each for each in own if each.default is each.empty]
    if mark.kind != "rpc" and not len(required) <= brought <= len(own):
        raise ValueError(f"{method.__qualname__} is called with {brought} arguments by @{mark.kind}")


def _delegate(kind: type, method: Method, name: str, *, starts_job: bool = False) -> Method:
    """A method of the service class that calls one of a use case, with what that asks for by name."""
    signature = inspect.signature(method)
    supplied = [(each, SUPPLIED[each]) for each in signature.parameters if each in SUPPLIED]
    own = [each for each in signature.parameters.values() if each.name not in SUPPLIED]
    names = [each.name for each in own[1:]]

    @functools.wraps(method)
    def delegate(self: Service, *message: Any, **arguments: object) -> object:
        self.bus.assignment_check.require(context.current().actor, name, arguments)
        for given, value in zip(names, message, strict=False):  # an event, a mail, a run: RPC has names
            arguments[given] = CONVERTED[given](value) if given in CONVERTED else value
        for given, supply in supplied:
            arguments[given] = supply(self.bus)
        result = method(self.use_cases[kind], **arguments)
        return self.job_response(cast(Job, result)) if starts_job else result  # a JOB route's method returns one

    delegate.__name__ = name
    delegate.__signature__ = signature.replace(parameters=own)  # type: ignore[attr-defined]  # read by inspect
    return delegate


def _end_lost_jobs(self: Service, event: Input) -> None:
    """Whoever has lost a role has lost the jobs that they began with it."""
    self.end_lost_jobs(event["data"]["account"], event["data"]["roles"])


_end_lost_jobs.__name__ = ENDS_JOBS
