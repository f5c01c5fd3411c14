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
    stocktaking_import_second_officer: bool = setting(
        False, "The file of a dry run is imported by another officer than the one who tried it, and by nothing else"
    )
    stocktaking_licence: str = setting(
        "",
        "Address of the licence under which contributors publish entries, as "
        "https://creativecommons.org/licenses/by/4.0/, for the gateway and the service; empty: none",
    )
    stocktaking_rendering_seconds: int = setting(300, "Longest time to render a report in one language, in seconds")
    stocktaking_rendering_megabytes: int = setting(2500, "Address space of the process that renders, in MB")
