"""The rows of the reference sets of accounts."""

from __future__ import annotations

from collections.abc import Iterator

from wsis_shared import roles
from wsis_shared.json_types import Input
from wsis_shared.schemas import LOCALES
from wsis_shared.translations import by_key


def role_rows() -> Iterator[Input]:
    """The roles that officers grant, of all installed plugins."""
    known = roles.installed()
    for name in known.grantable:
        yield {"code": name, "title": {language: known.title(name, language) for language in LOCALES}}


def state_rows() -> Iterator[Input]:
    """The states of an account."""
    for code, title in by_key("wsis_accounts", "states").items():
        yield {"code": code, "title": title}
