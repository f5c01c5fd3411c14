"""The numbers that the rules work with. The service's settings have them all."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol


class CodeRules(Protocol):
    """See the settings of the same names."""

    @property
    def code_life(self) -> timedelta: ...
    @property
    def code_tries(self) -> int: ...
    @property
    def codes_per_hour(self) -> int: ...
    @property
    def code_failures(self) -> int: ...
    @property
    def code_wait(self) -> timedelta: ...
    @property
    def registration_days(self) -> int: ...
    @property
    def returning_days(self) -> int: ...


class SessionRules(Protocol):
    """See the settings of the same names."""

    @property
    def session_days(self) -> int: ...
    @property
    def session_idle_days(self) -> int: ...
    @property
    def staff_idle_hours(self) -> int: ...
    @property
    def refresh_grace_seconds(self) -> int: ...
