"""What it reads from the environment."""

from __future__ import annotations

from dataclasses import dataclass

from wsis_shared import settings
from wsis_shared.settings import setting


@dataclass(frozen=True)
class Settings(settings.Settings):
    """Settings of this service alone."""

    consultation_scanner: str = setting(
        "", "host:port of ClamAV (clamd), which scans attachments; empty: none, and officers publish unscanned files"
    )
    mail_domain: str = setting("", "Domain of the process `inbound`, for reply addresses; empty: no replies by mail")
    mail_from: str = setting("WSIS Process <no-reply@wsis.invalid>", "From of the suite's mails, which replies quote")
    consultation_authserv_id: str = setting(
        "", "Id of your MTA in Authentication-Results: whom it vouches for; empty: each reply must be confirmed"
    )
    consultation_replies_per_day: int = setting(20, "Comments that a member may post by mail in a day")
    consultation_rendering_seconds: int = setting(120, "Longest time to render a document in one language, in seconds")
    consultation_rendering_megabytes: int = setting(1500, "Address space of the process that renders, in MB")
