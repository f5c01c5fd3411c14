"""Permissions: which roles have them, for which data and on which routes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from wsis_shared import auth
from wsis_shared.context import Actor
from wsis_shared.plugin import PUBLIC, Plugin, Route
from wsis_shared.security import Installed, Part
from wsis_shared.security.tables import codes, section, table


def write(part: Part, suite: Installed) -> str:
    """The section."""
    rows = [
        (
            f"`{permission}`",
            ", ".join(roles_with(permission, suite.plugins)),
            part.of("permissions").get(permission, ""),
            codes(f"{route.method} {route.path}" for route in _routes(part) if route.permission == permission),
        )
        for permission in sorted(_asked(part))
    ]
    return section("Permissions", table(("permission", "roles", "for which data", "routes"), rows))


def problems(part: Part, _suite: Installed) -> Iterator[str]:
    """Permissions that routes and pages ask for and of which nobody says for which data, and the reverse."""
    for permission in _asked(part) - part.of("permissions").keys():
        yield f"permissions: {permission}: for which data?"
    for permission in part.of("permissions").keys() - _asked(part):
        yield f"permissions: {permission}: no route or page asks for it"


def roles_with(permission: str, plugins: Iterable[Plugin]) -> list[str]:
    """The roles that have a permission, by name."""
    plugins = list(plugins)
    granted = auth.grants(plugin.grants for plugin in plugins)
    roles = [role.name for plugin in plugins for role in plugin.roles]
    return sorted(role for role in roles if auth.is_allowed(Actor("a", (role,)), permission, granted))


def _asked(part: Part) -> set[str]:
    pages = {page.permission for page in part.plugin.pages} if part.plugin else set()
    return ({route.permission for route in _routes(part)} | pages) - {PUBLIC, ""}


def _routes(part: Part) -> Sequence[Route]:
    return part.plugin.routes if part.plugin else ()
