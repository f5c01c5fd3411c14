"""The contract between a service and the suite: a manifest object, registered under the entry point `wsis.services`.

Routes, OpenAPI, permissions, events, notifications, indexes, settings and deploy fragments all follow from it.
A manifest loads without nameko, eventlet or pymongo: it names what needs them by string ("package.module:object").
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from importlib.metadata import entry_points
from typing import Any

from marshmallow import Schema
from wsis_shared.blobs import Upload
from wsis_shared.events import EventDependency, EventSelection, EventType
from wsis_shared.exports import ExportFormat
from wsis_shared.jobs import JobKind
from wsis_shared.mailboxes import Mailbox
from wsis_shared.pages import Page, Panel
from wsis_shared.process import Process
from wsis_shared.rates import RateClass, rate_classes_of
from wsis_shared.rates import problems as rate_problems
from wsis_shared.reference.sets import ReferenceSet, sets_of
from wsis_shared.resources import load_object
from wsis_shared.roles import Role
from wsis_shared.settings import MANIFESTS
from wsis_shared.streams import Stream
from wsis_shared.translations import by_key
from wsis_shared.waiting import Waiting

PUBLIC = "public"

_log = logging.getLogger(__name__)


class Mode(StrEnum):
    """How the gateway sends a request to the service."""

    RPC = "rpc"
    COMMAND = "command"
    JOB = "job"


@dataclass(frozen=True)
class Route:
    """One HTTP operation as data.

    `handler` is the method of the service; it gets the path variables, the query fields and, if the request has one,
    `body` as keyword arguments. `permission` has no default: a public route says `permission=PUBLIC`.
    `cache` is the number of seconds for which a response may be cached; it must be the same for every client that
    requests the URL. The gateway drops it when one of the events in `invalidated_by` ("prizes.nominees_published")
    arrives. A public GET that is neither cached nor a download says why in `uncached`.
    `limit` is the class of rate limit: one of every suite (read, write, heavy) or of `rate_classes`.
    `media` other than JSON, for a text: the service returns {"text": the text, "filename": name}; clients save it, or,
    with `inline=True`, browsers show it in a sandbox. Its readers may choose their language by `?lang=`.
    `form`: a write also takes its body from an HTML form, and an inline page may contain forms that go to the suite.
    `upload`: the request carries a file, and the handler gets `upload` = {id, filename, media_type, size, sha256}.
    `download`: the handler returns {"blob": id}, and the gateway sends that file; `media` is what to expect.
    `location` (COMMAND) is where the outcome appears, with `{command}` and the path variables.
    `stream` (GET): clients may follow the response by server-sent events or long polls.
    With `mode=Mode.JOB` the handler returns a job: the gateway answers 202 with its address while
    it is live; `response` is the schema of its result, for the documentation.
    `export`, on a list, is the name of a file: clients get the whole list as CSV, XLSX, JSON or JSON Lines too, and in
    the `export_formats` of the service. `export_labels` names its `exports.ExportLabels`: titles beside codes;
    `export_terms` a function of the type `exports.Terms`: licence, rights and contact. `?lang=` chooses their language.
    `personal`, on a list: staff read how to reach many people there, so each page leaves an entry in the audit.
    `versioned`: the response is a document whose handler also returns its `revision` (wsis_shared.revisions): it has an
    ETag. `if_match`, on a write: the client names the revision that it has read, and the handler gets `if_match`.
    `session` says what a route does to a session of the web pages, which keep its tokens in cookies: it "asks" for a
    code to be mailed to `email`, it "leaves" for the `url` of an identity provider, whose return needs the `binding` of
    its response, it "begins" one with the tokens of its response, it "renews" them by `refresh_token`, or it "ends" the
    session.
    `page` (GET, not cached) is the page of the web to which a browser is led that opens the address: what programs get
    from it is not for people ("/unsubscribe/{token}").
    `error_codes` are the errors that a client should expect, for the documentation.
    """

    method: str
    path: str
    handler: str
    summary: str
    permission: str
    body: type[Schema] | None = None
    query: type[Schema] | None = None
    response: type[Schema] | None = None
    status: int = 200
    mode: Mode = Mode.RPC
    error_codes: tuple[str, ...] = ()
    cache: int = 0
    invalidated_by: tuple[str, ...] = ()
    uncached: str = ""
    limit: str = ""
    media: str = "application/json"
    inline: bool = False
    form: bool = False
    export: str = ""
    export_formats: tuple[ExportFormat, ...] = ()
    export_labels: str = ""
    export_terms: str = ""
    upload: Upload | None = None
    download: bool = False
    location: str = ""
    description: str = ""
    timeout: float = 10.0
    stream: Stream | None = None
    personal: bool = False
    versioned: bool = False
    if_match: bool = False
    session: str = ""
    page: str = ""

    @property
    def writes(self) -> bool:
        """True for everything but GET."""
        return self.method != "GET"

    @property
    def limit_class(self) -> str:
        """The class of rate limit, by default read, write, or heavy for an upload."""
        return self.limit or ("heavy" if self.upload else "write" if self.writes else "read")


@dataclass(frozen=True)
class Plugin:
    """The manifest of a service. `grants` gives patterns of permissions ("voting:*") to roles, its own and others'.

    By string: `collections` are the CollectionSpecs of its store, or stores, `migrations` their changes of shape,
    `template_filters` a mapping of name -> function(value, locale) for mails, `assignments` the class that says who was
    assigned to what with a bound role (wsis_shared.assignments).
    `use_cases` names functions `compose(parts)`: the marked methods of what they return, one object or a tuple, are the
    entrypoints (wsis_shared.operations); `calls` are the methods of other services that these call, as
    "accounts.contacts", and `selects_calls` names a function that gets all plugins and returns more of them.
    `max_in_flight` limits the RPC requests in flight per process, so that commands keep enough workers: others wait in
    the queue. A process works on `max_jobs_in_flight` jobs at a time. `shows_dead_letters`: may an operator read their
    bodies?
    `service` is a class of the bus with entrypoints of its own, or in place of use cases.
    `locale_package` is the package whose folder `texts/` has all that people read (wsis_shared.translations).
    `waiting` are kinds of documents that wait for staff; its route is `wsis_shared.waiting.routes.waiting_route`.
    `seed` names a function of one argument, the service's database, that loads the initial data of an empty suite.
    `doctor` names a function of one argument, the service's settings, that returns the findings of `wsis doctor` about
    what these settings name (wsis_shared.doctor).
    `pages` and `panels` are what people see of it (wsis_shared.pages).
    `processes` run beside the service, on asyncio or threads; `mailboxes` are the addresses that it receives mail at.
    `known_as` is the name in codes of errors and types of public events, where it was part of that service before and
    clients know them so.
    """

    name: str
    summary: str
    known_as: str = ""
    service: str = ""
    use_cases: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    selects_calls: str = ""
    max_in_flight: int | None = None
    max_jobs_in_flight: int = 1
    shows_dead_letters: bool = True
    routes: Sequence[Route] = ()
    publishes: tuple[EventType, ...] = ()
    jobs: Sequence[JobKind] = ()
    depends_on: tuple[EventDependency, ...] = ()
    selects: tuple[EventSelection, ...] = ()
    roles: tuple[Role, ...] = ()
    assignments: str = ""
    grants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rate_classes: tuple[RateClass, ...] = ()
    reference: tuple[ReferenceSet, ...] = ()
    waiting: Sequence[Waiting] = ()
    collections: str | tuple[str, ...] = ""
    migrations: str = ""
    template_filters: str = ""
    settings: str = ""
    locale_package: str = ""
    seed: str = ""
    commands: str = ""
    doctor: str = ""
    processes: tuple[Process, ...] = ()
    mailboxes: tuple[Mailbox, ...] = ()
    pages: Sequence[Page] = ()
    panels: Sequence[Panel] = ()

    def load(self, what: str) -> Any:
        """The object behind one of the strings, for example `plugin.load("settings")`; None where it is empty. The
        service is a class of nameko."""
        if what == "service" and self.use_cases:
            return self._service_of_use_cases
        path = getattr(self, what)
        if isinstance(path, tuple):  # of several subjects
            return tuple(one for each in path for one in load_object(each))
        return load_object(path) if path else None

    @property
    def public_name(self) -> str:
        """The name that clients know."""
        return self.known_as or self.name

    @property
    def package(self) -> str:
        """The package of the service; empty where there is none to send requests to."""
        return (self.service or "".join(self.use_cases[:1])).partition(".")[0]

    @cached_property
    def _service_of_use_cases(self) -> Any:
        return load_object("wsis_shared.bus.operations:service_of")(self)

    @property
    def error_titles(self) -> Mapping[str, Mapping[str, str]]:
        """Code -> language -> title."""
        return by_key(self.locale_package, "errors")

    @property
    def job_titles(self) -> Mapping[str, Mapping[str, str]]:
        """Kind of job -> language -> title."""
        return by_key(self.locale_package, "jobs")

    @property
    def waiting_titles(self) -> Mapping[str, Mapping[str, str]]:
        """Kind of what waits -> language -> title; that of the service itself is `service`."""
        return by_key(self.locale_package, "waiting")

    @property
    def role_titles(self) -> Mapping[str, Mapping[str, str]]:
        """Role -> language -> title."""
        return by_key(self.locale_package, "roles")

    @property
    def kind_titles(self) -> Mapping[str, Mapping[str, str]]:
        """Kind of mail -> language -> title."""
        return by_key(self.locale_package, "kinds")

    @property
    def field_messages(self) -> Mapping[str, Mapping[str, str]]:
        """Code -> language -> message about a field."""
        return by_key(self.locale_package, "messages")


@dataclass(frozen=True)
class DiscoveryResult:
    """The plugins in the order of their names, and the reason for each rejected one."""

    plugins: tuple[Plugin, ...]
    rejected: Mapping[str, str]

    def __iter__(self) -> Iterator[Plugin]:
        return iter(self.plugins)

    def get(self, name: str) -> Plugin | None:
        """The plugin of that name, or None."""
        return next((plugin for plugin in self.plugins if plugin.name == name), None)


def discover(only: tuple[str, ...] = (), *, routes: bool = True) -> DiscoveryResult:
    """Load every installed manifest. One that fails to load is skipped, logged and listed in `rejected`.

    Without `routes` these are neither loaded nor checked: with their schemas they are most of a manifest, and a service
    needs none of the others'."""
    plugins: dict[str, Plugin] = {}
    rejected: dict[str, str] = {}
    served: dict[tuple[str, str], str] = {}
    for entry in sorted(entry_points(group=MANIFESTS), key=lambda entry: entry.name):
        if only and entry.name not in only:
            continue
        try:
            plugin = entry.load()
            _check(entry.name, plugin, plugins.values())
            if routes:
                served |= _routes_of(plugin, served)
        except Exception as error:  # noqa: BLE001 -- whatever a plugin raises must not take the others down
            rejected[entry.name] = f"{type(error).__name__}: {error}"
            _log.error("plugin rejected", extra={"plugin": entry.name, "reason": rejected[entry.name]})
            continue
        plugins[plugin.name] = plugin
    return DiscoveryResult(tuple(plugins.values()), rejected)


def _routes_of(plugin: Plugin, served: Mapping[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    for route in plugin.routes:
        if owner := served.get((route.method, route.path)):
            raise ValueError(f"{route.method} {route.path} is already served by {owner}: choose another path")
    return {(route.method, route.path): plugin.name for route in plugin.routes}


def _check(name: str, plugin: object, others: Iterable[Plugin]) -> None:
    if not isinstance(plugin, Plugin):
        raise TypeError(f"entry point {name} of group {MANIFESTS} must name a wsis_shared.plugin.Plugin")
    if plugin.name != name:
        raise ValueError(f"the manifest says name={plugin.name!r}, its entry point says {name!r}: make them equal")
    others = list(others)
    taken = {role.name for other in others for role in other.roles}
    if shared := taken & {role.name for role in plugin.roles}:
        raise ValueError(f"the role {', '.join(sorted(shared))} is declared already: choose another name")
    if shared := set(sets_of(others)) & {item.name for item in plugin.reference}:
        raise ValueError(f"the reference set {', '.join(sorted(shared))} exists already: choose another name")
    for problem in rate_problems(plugin.rate_classes, rate_classes_of(others)):
        raise ValueError(problem)
