"""Roles follow from the manifests: who may grant which, and how long a session lasts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from wsis_shared import roles
from wsis_shared.roles import Role


@dataclass
class Manifest:
    name: str
    roles: tuple[Role, ...] = ()
    grants: dict[str, tuple[str, ...]] = field(default_factory=dict)
    role_titles: dict[str, dict[str, str]] = field(default_factory=dict)


ACCOUNTS: Any = Manifest(
    "accounts",
    (Role("member"), Role("officer", granted_by=("officer",), session_hours=12), Role("operator", session_hours=8)),
    {"member": ("accounts:self",), "officer": ("accounts:*",)},
)
PRIZES: Any = Manifest("prizes", (Role("juror", granted_by=("officer",)),), {"officer": ("prizes:manage",)})


def test_roles_of_all_plugins_in_their_order() -> None:
    found = roles.roles_of([ACCOUNTS, PRIZES])
    assert found.grantable == ("officer", "operator", "juror")
    assert found.ordered(["juror", "nobody", "officer", "juror", "member"]) == ["officer", "juror"]


def test_a_held_role_that_no_plugin_declares_stays() -> None:
    found = roles.roles_of([ACCOUNTS, PRIZES])
    assert found.held_after(["juror", "nobody"], ["officer", "editor"]) == ["juror", "editor"]


def test_who_may_grant_which() -> None:
    found = roles.roles_of([ACCOUNTS, PRIZES])
    assert found.may_grant(["member", "officer"], "juror")
    assert not found.may_grant(["member", "juror"], "juror")
    assert not found.may_grant(["officer"], "operator"), "only the command line grants it"
    assert not found.may_grant(["officer"], "nobody")


def test_the_shortest_session_counts() -> None:
    found = roles.roles_of([ACCOUNTS, PRIZES])
    assert found.session_hours(["officer", "operator", "juror"]) == 8
    assert found.session_hours(["juror"]) is None


def test_titles_fall_back_to_english_and_to_the_name() -> None:
    found = roles.roles_of([Manifest("prizes", (Role("juror"),), role_titles={"juror": {"en": "juror", "fr": "juré"}})])
    assert [found.title("juror", locale) for locale in ("fr", "ar")] == ["juré", "juror"]
    assert found.title("nobody", "fr") == "nobody"


def test_a_role_that_nobody_declares_is_named() -> None:
    assert roles.problems([ACCOUNTS, PRIZES]) == []
    assert roles.problems([PRIZES]) == ["prizes: no plugin declares the role officer"]
