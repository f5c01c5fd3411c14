"""Roles that are bound (`Role.bound_to`): a holder may do what the role permits for what they were assigned to.

    roles=(Role("chair", granted_by=("officer",), bound_to="meeting"),),
    assignments="wsis_sample.assignments.store:Assignments",

Every request for a route that such a role opens is checked before its handler runs, in the same transaction: a route
that does not name the target in its path is closed to those who hold nothing but bound roles.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

from wsis_shared.context import Actor
from wsis_shared.errors import Forbidden

if TYPE_CHECKING:
    from wsis_shared.plugin import Plugin


class Assignments(Protocol):
    """What a service knows of them; made with its database."""

    def holds(self, account: str, role: str, target: str) -> bool:
        """Was the role given to the account for this target, such as the id of a meeting?"""


class AssignmentCheck:
    """Keeps holders of bound roles to what they were assigned to."""

    def __init__(
        self,
        plugin: Plugin | None,
        plugins: Iterable[Plugin],
        grants: Mapping[str, Iterable[str]],
        assignments: Assignments | None,
    ) -> None:
        self._grants, self._assignments = grants, assignments
        self._bound = {role.name: role.bound_to for each in plugins for role in each.roles if role.bound_to}
        permitted = {name: tuple(grants.get(name, ())) for name in self._bound}
        self._permissions: dict[str, set[str]] = {}
        for route in plugin.routes if plugin is not None and self._bound else ():
            if any(_matches(route.permission, patterns) for patterns in permitted.values()):
                self._permissions.setdefault(route.handler, set()).add(route.permission)

    def require(self, actor: Actor, handler: str, arguments: Mapping[str, object]) -> None:
        """Raises Forbidden for what the actor was not assigned to."""
        for permission in self._permissions.get(handler, ()):
            roles = [role for role in actor.roles if _matches(permission, self._grants.get(role, ()))]
            if roles and not any(self._allows(actor, role, arguments) for role in roles):
                raise Forbidden("suite.not_assigned")

    def _allows(self, actor: Actor, role: str, arguments: Mapping[str, object]) -> bool:
        if role not in self._bound:
            return True
        target = arguments.get(self._bound[role])
        if self._assignments is None or actor.id is None or not isinstance(target, str):
            return False
        return self._assignments.holds(actor.id, role, target)


def _matches(permission: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch.fnmatchcase(permission, pattern) for pattern in patterns)
