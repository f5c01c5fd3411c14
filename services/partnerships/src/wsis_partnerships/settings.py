"""What it reads from the environment."""

from __future__ import annotations

from dataclasses import dataclass

from wsis_shared import settings
from wsis_shared.settings import setting


@dataclass(frozen=True)
class Settings(settings.Settings):
    """Settings of this service alone."""

    partnerships_open_pledges: int = setting(20, "Pledges of an account for an edition that wait for confirmation")
