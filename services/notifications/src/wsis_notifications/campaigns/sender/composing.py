"""Composer: the mail of a row. Texts are rendered and prepared once per campaign, language and format."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from wsis_shared import clock
from wsis_shared.keys import mailbox_secret
from wsis_shared.sentences import Sentences

from wsis_notifications.campaigns.rules.message import Personal, compose, row_message_id
from wsis_notifications.campaigns.rules.prepared import Prepared, prepare
from wsis_notifications.campaigns.rules.return_path import return_path
from wsis_notifications.campaigns.rules.states import Campaign
from wsis_notifications.issues.rules.phrases import why
from wsis_notifications.mails.rules import message, unsubscription
from wsis_notifications.mails.streams import Stream, bulk, reply_to
from wsis_notifications.settings import Settings
from wsis_notifications.subscribers.rules.subscribers import Subscriber

LIST = "newsletter"
_LIST_LINK = unsubscription.Unsubscription("subscriber", "", LIST)
say = Sentences("wsis_notifications", "issues")


@dataclass(frozen=True)
class Text:
    """A campaign in one language, with the tokens of the slots."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True)
class Links:
    """The addresses of one reader, and the headers of the list."""

    unsubscribe: str
    preferences: str
    headers: Mapping[str, str]


class Texts(Protocol):
    """Where the texts of campaigns come from."""

    def render(self, campaign: Campaign, language: str) -> Text:
        """Its texts in a language."""

    def archive_url(self, campaign: Campaign, language: str) -> str:
        """The page on which everybody can read it."""

    def preferences_url(self, reader: str, language: str) -> str:
        """The page on which a reader chooses."""

    def set_state(self, issue: str, state: str) -> None:
        """The issue is `sending` or `sent`. Inside a transaction."""


class Composer:
    """`links_of` gives the links of a reader in a language."""

    def __init__(
        self,
        texts: Texts,
        links_of: Callable[[str, str], Links],
        *,
        stream: Stream,
        reply_to: message.Mailbox | None,
        secret: str,
    ) -> None:
        self._texts, self._links_of, self._stream, self._reply_to = texts, links_of, stream, reply_to
        self._secret = secret
        self._prepared: dict[str, dict[tuple[str, str], tuple[bytes, Prepared, str]]] = {}

    def write(self, campaign: Campaign, row: str, reader: Subscriber) -> message.Envelope:
        """Raises RenderError for an address that SMTP would misread."""
        head, prepared, archive = self._parts(campaign, reader["language"], reader["format"])
        name = f"{reader.get('first_name') or ''} {reader.get('last_name') or ''}".strip()
        to, links = message.mailbox(name, reader["email"]), self._links_of(reader["_id"], reader["language"])
        greeting = reader.get("first_name") or say("reader", reader["language"])
        values = {
            "greeting_name": greeting,
            "unsubscribe_url": links.unsubscribe,
            "preferences_url": links.preferences,
            "archive_url": archive,
            "why": why(reader.get("consent") or {}, reader["language"]),
        }
        id = row_message_id(row, self._stream.host)
        headers = {**links.headers, **unsubscription.bulk_headers(_LIST_LINK, campaign["_id"])}
        personal = Personal(to, self._return_path(row), id, values, headers)
        return compose(head, prepared, personal, clock.now(), self._stream.signer)

    def keep(self, campaigns: Collection[str]) -> None:
        """Only the texts of these campaigns: others have ended, or are paused."""
        for campaign in list(self._prepared):
            if campaign not in campaigns:
                self._prepared.pop(campaign, None)

    def _parts(self, campaign: Campaign, language: str, format: str) -> tuple[bytes, Prepared, str]:
        known = self._prepared.setdefault(campaign["_id"], {})
        if (language, format) not in known:
            text = self._texts.render(campaign, language)
            subject = f"[test] {text.subject}" if campaign["kind"] == "test" else text.subject
            lines = message.shared_lines(self._stream.sender, self._reply_to, subject, language)
            prepared = prepare(text.text, text.html if format == "html" else None)
            known[language, format] = (lines.encode(), prepared, self._texts.archive_url(campaign, language))
        return known[language, format]

    def _return_path(self, row: str) -> str:
        if not self._stream.return_domain:
            return self._stream.sender.address
        return return_path(row, secret=self._secret, domain=self._stream.return_domain)


def composer_of(settings: Settings, texts: Texts) -> Composer:
    """The composer that the settings describe."""
    secret, stream = mailbox_secret(), bulk(settings)

    def links_of(reader: str, language: str) -> Links:
        way = unsubscription.Unsubscription("subscriber", reader, LIST)
        ours = {"secret": secret, "public_url": settings.public_url}
        lines = unsubscription.headers(way, domain=settings.mail_domain, host=stream.host, **ours)
        return Links(unsubscription.url(way, language, **ours), texts.preferences_url(reader, language), lines)

    return Composer(texts, links_of, stream=stream, reply_to=reply_to(settings), secret=secret)
