"""Pages and panels as they are served: bound to the operations that they name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from jinja2 import Template
from marshmallow import Schema, fields, validate
from wsis_shared import paging
from wsis_shared.field_options import AnyField
from wsis_shared.pages import Download, Form, Page, Panel, Read
from wsis_shared.plugin import PUBLIC
from wsis_shared.resources import load_object

from wsis_gateway.web import rendering
from wsis_gateway.web.addresses import Target

# The page that follows a sign-in, the name of a file of the page, and the wish for its news.
NEXT, FILE, LIVE = "next", "file", "live"
JOB = "job"  # the read of a job that was started, which its page follows until it has ended
COMMON = ("after", JOB)  # where a list goes on, the job that was started: fields of each page whose reads name them
_OF_FILES = ("format", "lang")  # query fields of a list as a file, and of texts: what a page shows is neither
STATIC_SECONDS = 300  # that a page without reads is kept


@dataclass(frozen=True)
class Part:
    """A page or a panel with what it reads. `package` is that of its words, and `file` its template with the package of
    that; `names` are those of all its reads: of a route that is not installed there is none."""

    package: str
    file: str
    names: tuple[str, ...]
    reads: tuple[tuple[Read, Target], ...]

    @cached_property
    def template(self) -> Template:
        """Loaded when it is first shown: a gateway that shows some pages alone holds no others."""
        return rendering.template(*self.file.split("/", 1))

    @cached_property
    def waves(self) -> tuple[tuple[tuple[Read, Target], ...], ...]:
        """Its reads, of which each wave needs results of those before it alone. What is cached seldom waits, and is a
        wave of its own: to go on elsewhere costs more than to read it."""
        waves: list[list[tuple[Read, Target]]] = []
        names: set[str] = set()
        for read, target in self.reads:
            if not names or target.variables & names or target.operation.cached or waves[-1][0][1].operation.cached:
                waves.append([])
                names.clear()
            waves[-1].append((read, target))
            names.add(read.name)
        return tuple(map(tuple, waves))

    @property
    def cached(self) -> bool:
        """Is what it reads the same for everybody?"""
        return all(target.operation.cached for _, target in self.reads)

    @cached_property
    def permissions(self) -> frozenset[str]:
        """What a visitor needs for all that it cannot stand without."""
        return frozenset(target.operation.route.permission for read, target in self.reads if not read.optional)


@dataclass(frozen=True)
class ServedPanel(Part):
    """A panel that is served."""

    panel: Panel


@dataclass(frozen=True)
class ServedPage(Part):
    """A page that is served, with the panels of its place."""

    page: Page
    query: Schema | None
    done: frozenset[str]  # what forms that lead here say was just done
    forms: Mapping[str, tuple[Form, Target]]
    files: Mapping[str, tuple[Download, Target]]
    panels: tuple[ServedPanel, ...] = ()

    @cached_property
    def needs(self) -> frozenset[str]:
        """The permissions of those who may open it."""
        return self.permissions | ({self.page.permission} if self.page.permission else set())

    @cached_property
    def followed(self) -> str:
        """The name of the read whose stream it follows."""
        return self.page.live or next((read.name for read, _ in self.reads if read.name == JOB), "")

    @cached_property
    def live(self) -> Target | None:
        """That read."""
        return next((target for read, target in self.reads if read.name == self.followed), None)

    @cached_property
    def public(self) -> bool:
        """Is it the same for everybody, so that one copy serves all? A form of the signed in has a key of its own, and
        a form that begins a session knows an address."""
        shared = all(
            target.operation.route.permission == PUBLIC and not target.operation.route.session
            for _, target in self.forms.values()
        )
        return (
            not self.page.needs_session
            and shared
            and self.cached
            and all(each.cached and not each.panel.permission for each in self.panels)
        )

    @property
    def framed(self) -> bool:
        """May other sites show it in a frame? Whoever lures a press there wins nothing: it knows no visitor."""
        return self.page.framed and self.public

    def form(self, name: str) -> tuple[str, tuple[Form, Target]]:
        """The form of that name, or the first."""
        name = name if name in self.forms else next(iter(self.forms))
        return name, self.forms[name]

    @cached_property
    def follows(self) -> bool:
        """Does a page follow each of its forms?"""
        return all(form.then for form, _ in self.forms.values())

    @cached_property
    def seconds(self) -> int:
        """How long a copy of it may be kept."""
        return min((each.operation.route.cache for each in self._targets), default=STATIC_SECONDS)

    @cached_property
    def timeout(self) -> float:
        """Seconds until all reads have answered, or have been given up."""
        return sum((each.operation.route.timeout for each in self._targets), 1.0)

    @cached_property
    def invalidated_by(self) -> frozenset[str]:
        """The events after which a copy of it is old."""
        return frozenset[str]().union(*(each.operation.invalidated_by for each in self._targets))

    @cached_property
    def known_query(self) -> Mapping[str, AnyField | None]:
        """The query fields that make a difference; the page that follows a sign-in is a field of no route."""
        schemas = [self.query] + [target.operation.query for read, target in self.reads if read.takes_query]
        own = {field.data_key or name: field for schema in schemas if schema for name, field in schema.fields.items()}
        asked = frozenset[str]().union(*(target.variables for _, target in self.reads))
        common = {name: fields.String(validate=validate.Length(max=paging.LONGEST)) for name in COMMON if name in asked}
        common |= {"done": fields.String(validate=validate.OneOf(self.done))} if self.done else {}
        asks = any(each.operation.route.session for _, each in self.forms.values())
        given = frozenset[str]().union(*(target.variables for _, target in self.files.values()))
        known = {name: field for name, field in (common | own).items() if name not in _OF_FILES or name in given}
        more = {NEXT: asks, FILE: bool(self.files), LIVE: self.live is not None}
        return known | {name: None for name, is_known in more.items() if is_known}

    @property
    def _targets(self) -> list[Target]:
        return [target for part in (self, *self.panels) for _, target in part.reads]

    def view(self, values: Mapping[str, object], language: str) -> Mapping[str, object]:
        """What the page makes of what it has read."""
        return load_object(self.page.view)(values, language) if self.page.view else {}
