"""What it reads from the environment."""

from __future__ import annotations

from dataclasses import dataclass

from wsis_shared import settings
from wsis_shared.settings import setting


@dataclass(frozen=True)
class Settings(settings.Settings):
    """Settings of this service alone."""

    consultation_draft_days: int = setting(60, "Days after its last change when a draft is deleted")
    consultation_digest_hour: int = setting(6, "Hour of Geneva after which the daily digest of discussions goes out")
    consultation_drafts: int = setting(10, "Drafts of one address in an edition")
    consultation_submissions: int = setting(20, "Submissions from one address in an edition")
    consultation_links_per_hour: int = setting(5, "Mails with links to one address in an hour")
    consultation_submission_page: str = setting(
        "/consultations/{edition}/submission#{id}.{key}",
        "Page of a draft or submission, after WSIS_PUBLIC_URL; browsers send no server what follows #",
    )
    consultation_reminder_hours: float = setting(24.0, "Hours before a meeting when its participants are reminded")
    consultation_scanner: str = setting(
        "", "host:port of ClamAV (clamd), which scans attachments; empty: none, and officers publish unscanned files"
    )
    mail_domain: str = setting("", "Domain of the process `inbound`, for reply addresses; empty: no replies by mail")
    mail_from: str = setting("WSIS Process <no-reply@wsis.invalid>", "From of the suite's mails, which replies quote")
    consultation_authserv_id: str = setting(
        "", "Id of your MTA in Authentication-Results: whom it vouches for; empty: each reply must be confirmed"
    )
    consultation_comments_per_day: int = setting(100, "Comments that a member may post on the web in a day (UTC)")
    consultation_replies_per_day: int = setting(20, "Comments that a member may post by mail in a day")
    consultation_held_reply_hours: int = setting(72, "Hours in which a reply that is not certain can be confirmed")
    consultation_reply_page: str = setting(
        "/consultations/{edition}/replies#{held}.{token}",
        "Page where a member confirms a reply by mail; after WSIS_PUBLIC_URL",
    )
    consultation_session_page: str = setting(
        "/consultations/{edition}/sessions/{session}#{submission}.{key}",
        "Page of a session for its organizers, after WSIS_PUBLIC_URL",
    )
    consultation_consent_page: str = setting(
        "/consultations/{edition}/consent#{candidate}.{key}", "Page where a candidate consents, after WSIS_PUBLIC_URL"
    )
    consultation_rendering_seconds: int = setting(120, "Longest time to render a document in one language, in seconds")
    consultation_rendering_megabytes: int = setting(1500, "Address space of the process that renders, in MB")
