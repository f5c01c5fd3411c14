"""Identity providers of agencies (OpenID Connect Core 1.0), as rules see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Provider(Protocol):
    """See `settings.Provider`."""

    @property
    def id(self) -> str: ...
    @property
    def names(self) -> Mapping[str, str]: ...
    @property
    def issuer(self) -> str: ...
    @property
    def client_id(self) -> str: ...
    @property
    def secret(self) -> str: ...
    @property
    def domains(self) -> frozenset[str]: ...
    @property
    def acr(self) -> tuple[str, ...]: ...
    @property
    def amr(self) -> frozenset[str]: ...
