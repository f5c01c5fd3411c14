"""A sender on generated readers and texts, for tests and benchmarks. `python sender_kit.py` runs one process."""

from __future__ import annotations

import random
import secrets
import signal
import sys
import threading
import uuid
import zlib
from collections.abc import Iterator
from typing import Any

from wsis_shared import clock

from wsis_notifications.campaigns.rules.states import new_campaign

Row = dict[str, Any]
COLLECTIONS = (
    "campaigns",
    "newsletter_deliveries",
    "campaign_batches",
    "send_rates",
    "claim_guards",
    "subscribers",
    "suppressions",
    "soft_bounces",
    "subscriber_counts",
)
LANGUAGES = ("en", "fr", "es", "pt", "ru", "ar", "zh")
NAMES = {
    "en": "Ama Mensah",
    "fr": "Zoé Lefèvre",
    "es": "José Núñez",
    "pt": "João Gonçalves",
    "ru": "Анна Петрова",
    "ar": "ليلى حداد",
    "zh": "芳 王",
}
WORDS = {
    "en": "progress towards the information society ",
    "fr": "progrès vers la société de l'information ",
    "es": "avances hacia la sociedad de la información ",
    "pt": "avanços rumo à sociedade da informação ",
    "ru": "прогресс на пути к информационному обществу ",
    "ar": "التقدم نحو مجتمع المعلومات ",
    "zh": "信息社会的进展 ",
}
DOMAINS = ("mail.example", "post.example", "inbox.example", "agency.example")


def emptied(db: Any) -> Any:
    """The database without campaigns and readers."""
    for name in COLLECTIONS:
        db[name].delete_many({})
    return db


def readers(count: int, seed: int = 1, **fixed: Any) -> Iterator[Row]:
    """Subscribers as the service stores them; the address of each starts with its id."""
    dice = random.Random(seed)
    for number in range(count):
        id, language = uuid.UUID(int=dice.getrandbits(128)).hex, LANGUAGES[number % 7]
        first, _, last = NAMES[language].partition(" ")
        email = f"{id}@{DOMAINS[number % len(DOMAINS)]}"
        yield {
            "_id": id,
            "email": email,
            "email_key": id,
            "first_name": first,
            "last_name": last,
            "language": language,
            "format": "html" if number % 10 else "text",
            "topics": ["forum"],
            "state": "active",
            "stakeholder_type": None,
            "country": None,
            "region": None,
            "bucket": zlib.crc32(id.encode()) % 1024,
            "bounces": {"hard": 0, "soft": 0},
            "created_at": clock.now(),
            "unsubscribed_at": None,
            "consent": {"at": clock.now()},
            **fixed,
        }


def campaign(kind: str = "full", issue: str = "1", **more: Any) -> Row:
    """A campaign that has started."""
    now = clock.now()
    begun = {"state": "sending", "open": True, "scheduled_at": now, "started_at": now, **more}
    return new_campaign(secrets.token_hex(8), kind, issue, "WSIS Flash", now, **begun)


class GeneratedTexts:
    """About 30 kB of HTML and 20 kB of text in each language."""

    def __init__(self, size: int = 30_000) -> None:
        self.size, self.states = size, []  # type: ignore[var-annotated]

    def render(self, campaign: Row, language: str) -> Any:
        from wsis_notifications.campaigns.sender.composing import Text

        words, link = WORDS[language], "%%archive_url%%"
        lines = [words * 2 for _ in range(self.size // len((words * 2).encode()))]
        body = "\n".join(lines[: len(lines) * 2 // 3])
        text = f"%%greeting_name%%,\n\n{body}\n\n{link}\n%%unsubscribe_url%%\n%%why%%\n"
        page = "".join(f"<p>{line}</p>\n" for line in lines)
        html = (
            f"<html lang={language}><body><p><bdi>%%greeting_name%%</bdi></p>\n{page}<a href='%%preferences_url%%'>1"
            "</a> <a href='%%unsubscribe_url%%'>2</a><p>%%why%%</p></body></html>\n"
        )
        return Text(f"WSIS Flash: {words.strip()}", html, text)

    def archive_url(self, campaign: Row, language: str) -> str:
        return f"https://wsis.example/v1/newsletter/issues/1/page?lang={language}"

    def preferences_url(self, reader: str, language: str) -> str:
        return f"https://wsis.example/{language}/newsletter/preferences/{reader}"

    def set_state(self, issue: str, state: str) -> None:
        self.states.append((issue, state))


def main() -> None:
    from wsis_notifications.campaigns.sender.main import build, registered
    from wsis_notifications.settings import Settings

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with registered(stop) as db:
        build(db, Settings.load(), GeneratedTexts()).run(stop)


if __name__ == "__main__":
    sys.exit(main())
