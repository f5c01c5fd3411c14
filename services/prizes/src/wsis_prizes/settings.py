"""What the service reads from the environment."""

from __future__ import annotations

from dataclasses import dataclass

from wsis_shared import settings
from wsis_shared.settings import setting


@dataclass(frozen=True)
class Settings(settings.Settings):
    """Beside the suite's own settings."""

    prizes_drafts: int = setting(50, "Drafts of one account in one edition, withdrawn ones too")
