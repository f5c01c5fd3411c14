"""Roles: each is declared by the plugin that means it; who may grant which follows from the manifests of all plugins.

    roles=(Role("juror", granted_by=("officer",), session_hours=12),)
    grants={"juror": ("prizes:review",), "officer": ("prizes:manage",)}

The titles stand in the part `roles` of the texts of their plugin.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Protocol

# Held by every confirmed account, without being granted.
MEMBER = "member"


@dataclass(frozen=True)
class Role:
    """A role that an account can hold.

    `granted_by` names the roles whose holders may grant and withdraw it; without one, only the operator's command
    line does. `session_hours` is the longest session of a holder, in hours; None: as long as a member's.
    `dual_control`: two of them must grant it, withdraw it, or block a holder.
    `bound_to` is a path variable, such as "meeting": a holder may do what the role permits there, for what they were
    assigned to (wsis_shared.assignments), and nothing elsewhere.
    """

    name: str
    granted_by: tuple[str, ...] = ()
    session_hours: int | None = None
    dual_control: bool = False
    bound_to: str = ""


class Declares(Protocol):
    """The part of a manifest that speaks of roles."""

    @property
    def name(self) -> str: ...

    @property
    def roles(self) -> tuple[Role, ...]: ...

    @property
    def role_titles(self) -> Mapping[str, Mapping[str, str]]: ...

    @property
    def grants(self) -> Mapping[str, tuple[str, ...]]: ...


class Roles:
    """The roles of all plugins, in the order of their manifests."""

    def __init__(self, roles: Iterable[Role], titles: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self._by_name = {role.name: role for role in roles}
        self._titles = titles or {}

    @property
    def grantable(self) -> tuple[str, ...]:
        """Names of all roles but `member`."""
        return tuple(name for name in self._by_name if name != MEMBER)

    def ordered(self, names: Iterable[str]) -> list[str]:
        """The names that are declared, each once, in the order of the declarations."""
        wanted = set(names)
        return [name for name in self.grantable if name in wanted]

    def held_after(self, wanted: Iterable[str], held: Iterable[str]) -> list[str]:
        """The wanted roles in order, then those held that no installed plugin declares: nobody here can judge them."""
        foreign = set(held) - set(self.grantable)
        return [*self.ordered(wanted), *sorted(foreign)]

    def may_grant(self, granter: Iterable[str], name: str) -> bool:
        """May a holder of the roles `granter` grant or withdraw the role?"""
        role = self._by_name.get(name)
        return role is not None and not set(role.granted_by).isdisjoint(granter)

    def needs_two(self, name: str) -> bool:
        """Must two people grant the role?"""
        role = self._by_name.get(name)
        return role is not None and role.dual_control

    def title(self, name: str, locale: str) -> str:
        """The title of a role in that language, else in English, else its name."""
        titles = self._titles.get(name, {})
        return titles.get(locale) or titles.get("en") or name

    def session_hours(self, names: Iterable[str]) -> int | None:
        """The shortest of the longest sessions of these roles, in hours; None where no role limits it."""
        limits = [role.session_hours for name in names if (role := self._by_name.get(name)) and role.session_hours]
        return min(limits, default=None)


def roles_of(plugins: Iterable[Declares]) -> Roles:
    """The roles that these plugins declare."""
    plugins = list(plugins)
    titles = {name: texts for plugin in plugins for name, texts in plugin.role_titles.items()}
    return Roles((role for plugin in plugins for role in plugin.roles), titles)


@cache
def installed() -> Roles:
    """The roles of all installed plugins, read once."""
    from wsis_shared.plugin import discover  # noqa: PLC0415 -- the contract itself imports this module

    return roles_of(discover(routes=False))


def problems(plugins: Iterable[Declares]) -> list[str]:
    """Roles that nobody declares, and permissions granted to nobody's role: what `wsis check` refuses."""
    plugins = list(plugins)
    known = {role.name for plugin in plugins for role in plugin.roles}
    found = []
    for plugin in plugins:
        named = {*plugin.grants, *(name for role in plugin.roles for name in role.granted_by)}
        found += [f"{plugin.name}: no plugin declares the role {name}" for name in sorted(named - known)]
    return found
