"""Methods of use cases become entrypoints: their names, what of them is on the wire, and what is supplied."""

from __future__ import annotations

import inspect
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from wsis_shared import clock, context
from wsis_shared.assignments import AssignmentCheck
from wsis_shared.bus import Service
from wsis_shared.bus.arguments import Parameters
from wsis_shared.bus.operations import _members
from wsis_shared.context import Context
from wsis_shared.erasure import Erasure
from wsis_shared.events import EventDependency
from wsis_shared.jobs import JobKind
from wsis_shared.manifest_check import problems_of
from wsis_shared.operations import every, inherited, job, marks_of, rpc, subscribe
from wsis_shared.pages import Page, Panel
from wsis_shared.parts import Parts
from wsis_shared.plugin import PUBLIC, Mode, Plugin, Route
from wsis_shared.resources import Deferred

Row = dict[str, Any]
UNBOUND = AssignmentCheck(None, (), {}, None)  # no role is bound to anything


class Followed:
    def page(self, limit: int = 20) -> Row:
        return {"limit": limit}


class Reading(Followed):
    list_papers = rpc(inherited(Followed.page))

    @rpc
    def search(self, ctx: Context, q: str = "", **filters: Any) -> Row:
        return {"q": q, "filters": filters, "locale": ctx.locale}

    @subscribe("accounts", "account_erased", name="on_account_erased")
    @subscribe("accounts", "address_erased", name="on_address_erased")
    def forget(self, blobs: Any, erasure: Erasure) -> tuple[Any, Any]:
        return blobs, erasure


class Building:
    @rpc(writes=True)
    def start_build(self, jobs: Any, body: Row) -> Row:
        return {"kind": jobs, **body}

    @job(clean_up="end_build")
    def build(self, run: Any) -> None: ...

    def end_build(self, run: Any, blobs: Any) -> tuple[Any, Any]:
        return run, blobs

    @every(5, singleton=False)
    def measure(self) -> None: ...


def compose(parts: Parts) -> tuple[Reading, Building]:
    return Reading(), Building()


def compose_reading(parts: Parts) -> Reading:
    return Reading()


class OwnEntrypoints(Service):
    name = "papers"

    @rpc
    def read_paper(self, paper: str) -> None: ...


HERE = __name__
PLUGIN = Plugin(
    name="papers",
    summary="Papers",
    use_cases=(f"{HERE}:compose",),
    calls=("accounts.contacts",),
    routes=(
        Route("POST", "/v1/papers", handler="start_build", summary="Build", permission=PUBLIC, mode=Mode.JOB),
        Route("GET", "/v1/papers", handler="search", summary="Search", permission=PUBLIC),
    ),
    jobs=(JobKind("build", "Builds"),),
    depends_on=(EventDependency("accounts", "power_changed", reads=("account", "roles")),),
)


@pytest.fixture
def service() -> Any:
    """One as nameko makes it for a message, with what it injects."""
    made: Any = PLUGIN.load("service")()
    use_cases = type(made).use_cases._compose(SimpleNamespace())
    vars(made).update(use_cases=use_cases, bus=SimpleNamespace(blobs="files", jobs="queue", assignment_check=UNBOUND))
    return made


def _delegate(name: str) -> Any:
    """What the bus calls once it has read a message."""
    return PLUGIN.load("service").__dict__[name].__wrapped__


def test_each_mark_is_an_entrypoint_under_its_name() -> None:
    service = PLUGIN.load("service")
    own = {name: value.wsis_kind for name, value in vars(service).items() if hasattr(value, "wsis_kind")}
    assert own == {
        "list_papers": "read",
        "search": "read",
        "on_account_erased": "event",
        "on_address_erased": "event",
        "start_build": "write",
        "build": "job",
        "measure": "timer",
        "on_power_changed": "event",
    }
    assert (service.name, service.use_cases.calls) == ("papers", {"accounts.contacts"})
    assert not hasattr(Followed.page, "wsis_marks"), "the method of the base class is not marked with its copy"


def test_the_class_is_made_once() -> None:
    assert PLUGIN.load("service") is PLUGIN.load("service")


def test_what_is_supplied_is_not_on_the_wire(service: Any) -> None:
    assert Parameters.of(_delegate("search")).names == {"q"}
    assert Parameters.of(_delegate("start_build")).names == {"body"}
    with context.use(Context(locale="fr")):
        answer = _delegate("search")(service, q="a", sdg="4", ctx="forged")
    assert answer == {"q": "a", "filters": {"sdg": "4"}, "locale": "fr"}


def test_a_message_is_given_to_the_parameter_that_is_not_supplied(service: Any) -> None:
    event = {"time": "2017-02-01T00:00:00Z", "data": {"account": "ada"}}
    assert _delegate("on_address_erased")(service, event) == ("files", Erasure(clock.parse(event["time"]), "ada"))


def test_what_cleans_up_is_found_and_supplied(service: Any) -> None:
    assert service.end_build("run") == ("run", "files")
    assert not hasattr(type(service).end_build, "wsis_kind")


def test_a_route_that_starts_a_job_answers_with_it(service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(service), "job_response", lambda _, found: {"id": found["kind"]})
    assert _delegate("start_build")(service, body={}) == {"id": "queue"}


def test_the_class_derives_from_the_one_that_the_manifest_names() -> None:
    both = replace(PLUGIN, service=f"{HERE}:OwnEntrypoints").load("service")
    assert issubclass(both, OwnEntrypoints)
    assert both.read_paper.wsis_kind == both.search.wsis_kind == "read"


def test_a_name_is_one_method() -> None:
    twice = replace(PLUGIN, use_cases=(f"{HERE}:compose", f"{HERE}:compose_reading"))
    with pytest.raises(ValueError, match="two methods of the use cases are called"):
        twice.load("service")


class Otherwise:
    def __init__(self, parts: Parts) -> None: ...

    @rpc
    def read_otherwise(self) -> None: ...


class Cancelling:
    @rpc
    def cancel_job(self, job: str) -> None: ...


class Ending:
    @subscribe("accounts", "power_changed")
    def on_power_changed(self, event: Row) -> None: ...


class Asking:
    @every(1)
    def tick(self, what: str) -> None: ...


def hides(parts: Parts) -> tuple[Otherwise | None]:
    return (Otherwise(parts),)


def says_nothing(parts: Parts):  # type: ignore[no-untyped-def]
    return Reading()


def cancels(parts: Parts) -> Cancelling:
    return Cancelling()


def ends(parts: Parts) -> Ending:
    return Ending()


def asks(parts: Parts) -> Asking:
    return Asking()


@pytest.mark.parametrize(
    ("compose", "message"),
    [
        ("says_nothing", "says_nothing must say in its annotation what it returns"),
        ("cancels", "every service has cancel_job"),
        ("ends", "every service has on_power_changed"),
        ("asks", "is called with 0 arguments by @every"),
    ],
)
def test_what_would_fail_later_is_refused_at_the_start(compose: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(PLUGIN, use_cases=(f"{HERE}:{compose}",)).load("service")


def test_marks_that_no_annotation_names_are_refused_at_the_start() -> None:
    service = replace(PLUGIN, use_cases=(f"{HERE}:hides",)).load("service")
    with pytest.raises(ValueError, match="annotate what composes them with Otherwise"):
        service.use_cases._compose(SimpleNamespace())


def test_jobs_end_with_roles_by_one_handler_alone() -> None:
    handled = (replace(PLUGIN.depends_on[0], handler="end_jobs"),)
    with pytest.raises(ValueError, match="jobs must end with roles"):
        replace(PLUGIN, depends_on=handled).load("service")
    elsewhere = replace(PLUGIN, depends_on=(EventDependency("grid", "power_changed"),)).load("service")
    assert not hasattr(elsewhere, "on_power_changed")


def test_jobs_may_have_one_clean_up() -> None:
    class Twice:
        @job(clean_up="end")
        def first(self, run: Any) -> None: ...

        @job(clean_up="end")
        def second(self, run: Any) -> None: ...

        def end(self, run: Any) -> None: ...

    assert {name for name, _ in _members(Twice, PLUGIN)} == {"first", "second", "end"}


def test_a_mark_of_a_service_class_names_its_entrypoint() -> None:
    class Named(Service):
        name = "named"

        @rpc(name="read_it")
        def other(self, at: str) -> str:
            return at

    assert Named.read_it.__name__ == "read_it"  # type: ignore[attr-defined]  # made of the mark
    with pytest.raises(ValueError, match="give each a name"):

        class Stacked(Service):
            name = "stacked"

            @subscribe("a", "x")
            @subscribe("b", "y")
            def on(self, event: Row) -> None: ...


def test_a_copy_has_its_own_marks_and_all_defaults() -> None:
    class Base:
        @rpc
        def page(self, limit: int, *, after: str | None = None) -> Any:
            return limit, after

    copy = inherited(Base.page)
    assert (copy(Base(), 3), marks_of(copy)) == ((3, None), ())


def test_a_route_with_an_argument_that_is_supplied_is_refused() -> None:
    route = Route("GET", "/v1/papers/{jobs}", handler="search", summary="Search", permission=PUBLIC)
    found = problems_of(replace(PLUGIN, routes=(*PLUGIN.routes, route)))
    assert any("jobs is what the bus supplies" in problem for problem in found)


def test_what_loads_late_is_checked() -> None:
    misspelt, missing = Deferred[Panel]("PANEL", "wsis_shared.pages"), Deferred[Page]("PAGES", "wsis_shared.none")
    assert problems_of(replace(PLUGIN, pages=missing, panels=misspelt)) == [
        f"{PLUGIN.name}: pages: ModuleNotFoundError: No module named 'wsis_shared.none'",
        f"{PLUGIN.name}: panels: AttributeError: module 'wsis_shared.pages' has no attribute 'PANEL'",
    ]


def test_marks_load_without_nameko() -> None:
    code = "import sys, wsis_shared.operations; sys.exit(bool({'nameko', 'eventlet', 'pymongo'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=30).returncode == 0


def test_a_marked_method_stays_what_it_is() -> None:
    assert Reading().search(Context(locale="ar"), "a") == {"q": "a", "filters": {}, "locale": "ar"}
    assert list(inspect.signature(Reading.search).parameters) == ["self", "ctx", "q", "filters"]
