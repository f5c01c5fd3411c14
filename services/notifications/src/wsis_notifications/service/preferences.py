"""Entrypoints. Kinds of mail that people decline, unsubscription, and the suppression list."""

from __future__ import annotations

from typing import Any

from wsis_shared import context
from wsis_shared.bus import Composed, InboundMail, Service, inbound_mail, rpc

from wsis_notifications.use_cases.preferences import compose

Row = dict[str, Any]


class PreferencesEntrypoints(Service):
    """Kinds of mail that people decline, unsubscription, and the suppression list."""

    preferences_cases = Composed(compose)

    @rpc
    def list_mail_kinds(self) -> Row:
        """Kinds of mail, and which the caller declined."""
        return self.preferences_cases.own.read(context.current())

    @rpc(writes=True)
    def decline_mail_kinds(self, body: Row) -> Row:
        """Decline exactly these."""
        return self.preferences_cases.own.replace(context.current(), body["declined"])

    @rpc
    def show_unsubscription(self, token: str) -> Row:
        """The page of a link."""
        return self.preferences_cases.links.page(context.current(), token)

    @rpc(writes=True, store_response=False)
    def unsubscribe(self, token: str, body: Row) -> Row:
        """What the button of the page and the one click of a mail program do."""
        return self.preferences_cases.links.unsubscribe(context.current(), token)

    @inbound_mail
    def receive_unsubscription(self, mail: InboundMail) -> None:
        """A mail to the address in List-Unsubscribe."""
        self.preferences_cases.links.receive(mail.recipient, mail.received_at)

    @rpc
    def list_suppressions(self, limit: int, after: str | None) -> Row:
        """Suppressed addresses, newest first."""
        return self.preferences_cases.suppressed.page(limit, after)

    @rpc(writes=True)
    def suppress_address(self, body: Row) -> Row:
        """An officer adds one."""
        return self.preferences_cases.suppressed.add(context.current(), body["email"], body["reason"])

    @rpc
    def find_suppression(self, body: Row) -> Row:
        """Whether an address is suppressed."""
        return self.preferences_cases.suppressed.find(body["email"])

    @rpc(writes=True)
    def lift_suppression(self, suppression: str, body: Row) -> None:
        """An officer ends one."""
        self.preferences_cases.suppressed.lift(context.current(), suppression, body["reason"])
