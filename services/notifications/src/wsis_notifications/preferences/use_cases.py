"""Use cases: kinds of mail that people decline, and links that unsubscribe."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from wsis_shared.bus import InboundMail
from wsis_shared.context import Context
from wsis_shared.errors import Invalid, NotFound
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.keys import mailbox_secret
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import inbound_mail, rpc
from wsis_shared.parts import Parts
from wsis_shared.sentences import Sentences

from wsis_notifications.mails.delivery_policy import DECLINED
from wsis_notifications.mails.mailer import catalogue
from wsis_notifications.mails.rules import unsubscription
from wsis_notifications.mails.rules.unsubscription import Unsubscription
from wsis_notifications.mails.store.deliveries import DeliveryRepository
from wsis_notifications.mails.store.preferences import MailPreferences
from wsis_notifications.mails.templates import FALLBACK, Catalogue
from wsis_notifications.subscriptions import use_cases as subscriptions

Leave = Callable[[str, str], None]  # (subscriber, list): they leave it; joins the transaction that is open

say = Sentences("wsis_notifications", "unsubscription")


class Kinds:
    """What accounts, and addresses without one, declined."""

    def __init__(self, notices: Catalogue, preferences: MailPreferences, deliveries: DeliveryRepository) -> None:
        self._notices, self._preferences, self._deliveries = notices, preferences, deliveries

    @rpc
    def list_mail_kinds(self, ctx: Context) -> JsonObject:
        """All kinds, with their titles in the reader's language."""
        return self._response(ctx, self._preferences.declined(str(ctx.actor.id)))

    @rpc(writes=True)
    def decline_mail_kinds(self, ctx: Context, body: Input) -> JsonObject:
        """Decline exactly these. Raises Invalid."""
        declined = body["declined"]
        if not set(declined) <= set(self._notices.kinds):
            raise Invalid(
                "notifications.kind_unknown",
                fields={"declined": [f"Must be one of: {', '.join(sorted(self._notices.kinds))}."]},
            )
        self._preferences.replace(str(ctx.actor.id), set(declined), ctx.received_at)
        self._skip(str(ctx.actor.id), declined)
        return self._response(ctx, declined)

    def decline(self, id_: str, kind: str, at: datetime) -> None:
        """This one too: mails that are queued are not sent any more. Call it inside a transaction."""
        self._preferences.decline(id_, kind, at)
        self._skip(id_, [kind])

    def title(self, kind: str, locale: str) -> str:
        """In that language, else in English."""
        titles = self._notices.kinds.get(kind) or {FALLBACK: kind}
        return titles.get(locale) or titles[FALLBACK]

    def _skip(self, account: str, kinds: Sequence[str]) -> None:
        self._deliveries.skip_queued(account, DECLINED, self._notices.templates_of(kinds))

    def _response(self, ctx: Context, declined: Sequence[str]) -> JsonObject:
        return {
            "kinds": [
                {"kind": kind, "title": self.title(kind, ctx.locale), "declined": kind in declined}
                for kind in self._notices.kinds
            ]
        }


class Links:
    """What the links in mails do. Whoever has the link may use it: it was mailed to that address only."""

    def __init__(self, kinds: Kinds, leave: Leave, secret: str) -> None:
        self._kinds, self._leave, self._secret = kinds, leave, secret

    @rpc
    def read_unsubscription(self, ctx: Context, token: str) -> JsonObject:
        """What the link ends. Changes nothing. Raises NotFound."""
        return self._response(ctx, self._read(unsubscription.read(token, self._secret)))

    def _response(self, ctx: Context, link: Unsubscription) -> JsonObject:
        newsletter = link.audience == "subscriber"
        title = say("newsletter", ctx.locale) if newsletter else self._kinds.title(link.list, ctx.locale)
        return {"title": title, "newsletter": newsletter}

    @rpc(writes=True, store_response=False)
    def unsubscribe(self, ctx: Context, token: str, body: Input) -> JsonObject:
        """Idempotent. Raises NotFound; Unavailable where a mail is under way: it is done, and may be repeated."""
        link = self._read(unsubscription.read(token, self._secret))
        self._end(link, ctx.received_at)
        return self._response(ctx, link)

    @inbound_mail
    def receive_unsubscription(self, mail: InboundMail) -> None:
        """A mail to `u.<token>@`, whatever it says."""
        self._end(self._read(unsubscription.link_of(mail.recipient, self._secret)), mail.received_at)

    def _end(self, link: Unsubscription, at: datetime) -> None:
        if link.audience == "subscriber":
            self._leave(link.id, link.list)
        else:
            in_transaction(partial(self._kinds.decline, link.id, link.list, at))

    def _read(self, link: Unsubscription | None) -> Unsubscription:
        if link is None:
            raise NotFound("notifications.link_unknown")
        return link


def compose(parts: Parts) -> tuple[Kinds, Links]:
    """The use cases with their collaborators; called once per process."""
    kinds = Kinds(catalogue(), MailPreferences(parts.db), DeliveryRepository(parts.db))
    return kinds, Links(kinds, subscriptions.compose_subscriptions(parts).unsubscribe, mailbox_secret())
