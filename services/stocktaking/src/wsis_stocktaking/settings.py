"""What it reads from the environment."""

from __future__ import annotations

from dataclasses import dataclass

from wsis_shared import settings
from wsis_shared.settings import setting


@dataclass(frozen=True)
class Settings(settings.Settings):
    """Settings of this service alone."""

    stocktaking_index_dir: str = setting(
        "", "Folder of the search index, one part per process; empty: in memory, filled anew at each start"
    )
    stocktaking_index_lag_seconds: float = setting(10.0, "Lag of the search index after which it is not ready")
    stocktaking_yellow_years: float = setting(1.0, "Years since its last update after which an entry is yellow")
    stocktaking_red_years: float = setting(2.0, "Years since its last update after which an entry is red")
    stocktaking_rendering_seconds: int = setting(300, "Longest time to render a report in one language, in seconds")
    stocktaking_rendering_megabytes: int = setting(2500, "Address space of the process that renders, in MB")
    stocktaking_drafts: int = setting(50, "Drafts of one account")
    stocktaking_invitation_days: int = setting(180, "Days between two invitations of an owner to update old entries")
    stocktaking_snapshots_kept: int = setting(4, "Snapshots of the register that are kept")
    stocktaking_saved_searches: int = setting(20, "Saved searches that an account may have")
