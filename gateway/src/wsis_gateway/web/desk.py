"""The officers' desk: what waits in each service, and the pages of its staff, for those who may work on them.

A panel of each service follows from its manifest: from what waits in it, and from its pages in the menu of the desk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from wsis_shared.context import Actor
from wsis_shared.languages import in_language
from wsis_shared.pages import Page, Panel, Read
from wsis_shared.plugin import Plugin
from wsis_shared.translations import by_key

from wsis_gateway.routing import Operation
from wsis_gateway.web.addresses import Routes
from wsis_gateway.web.calls import Calls
from wsis_gateway.web.served import ServedPage, ServedPanel
from wsis_gateway.web.texts import OWN, Words

if TYPE_CHECKING:
    from wsis_gateway.web.catalogue import Catalogue

PLACE, PATH = "desk", "/desk"
_HANDLER = "list_waiting"
PAGES = (Page(PATH, "data/web/desk.html", "desk", place=PLACE),)


def panels(plugins: Iterable[Plugin], operations: tuple[Operation, ...]) -> Iterator[ServedPanel]:
    """A panel of each service that has a title for it."""
    counted = {each.plugin: each.route.path for each in operations if each.route.handler == _HANDLER}
    named = [(each.name, each.locale_package) for each in plugins] + [("", OWN)]
    routes = Routes(operations)
    for number, (name, package) in enumerate(named):
        if not by_key(package, "waiting"):
            continue
        reads = (Read("waiting", counted[name], optional=True),) if name in counted else ()
        bound = tuple((read, routes.find(read.route)) for read in reads)
        panel = Panel(PLACE, number, "data/web/queues.html", reads)
        yield ServedPanel(package, f"{OWN}/{panel.template}", ("waiting",), bound, panel)


class StaffDesk:
    """Who may see what of it."""

    def __init__(self, catalogue: Catalogue, calls: Calls) -> None:
        self._catalogue, self._calls = catalogue, calls
        self._panels = next((each.panels for each in catalogue.pages if each.page.path == PATH), ())
        self._open = lru_cache(maxsize=256)(self._is_open)

    def is_open(self, actor: Actor) -> bool:
        """Is there something on it for this visitor?"""
        return actor.known and self._open(tuple(actor.roles))

    def values(self, served: ServedPanel, actor: Actor, words: Words) -> Mapping[str, object]:
        """What a panel shows beside what it reads: the title of its service, and its pages."""
        if served.panel.place != PLACE:
            return {}
        return {
            "heading": in_language(by_key(served.package, "waiting").get("service", {}), words.language),
            "id": f"desk-{served.panel.order}",
            "pages": [(each.page.path, words.say(each.page.title)) for each in self._pages(served.package, actor)],
            "is_served": lambda path: bool(path) and self._catalogue.find(path) is not None,
        }

    def _pages(self, package: str, actor: Actor) -> list[ServedPage]:
        pages = self._catalogue.menu(PLACE)
        return [each for each in pages if each.package == package and self._may(actor, each.needs)]

    def _is_open(self, roles: tuple[str, ...]) -> bool:
        actor = Actor("any", roles)
        reads = (target.operation.route.permission for panel in self._panels for _, target in panel.reads)
        return any(self._may(actor, {each}) for each in reads) or any(
            self._pages(panel.package, actor) for panel in self._panels
        )

    def _may(self, actor: Actor, permissions: Iterable[str]) -> bool:
        return all(self._calls.is_allowed(actor, each) for each in permissions)
