"""Entrypoints. Readers of the newsletter: subscription, confirmation, preferences, import, export."""

from __future__ import annotations

from typing import Any

from wsis_shared import context
from wsis_shared.bus import Composed, Service, job, rpc, subscribe
from wsis_shared.erasure import Erasure
from wsis_shared.jobs.run import Finish, Run

from wsis_notifications.use_cases.subscribers import compose

Row = dict[str, Any]


class SubscribersEntrypoints(Service):
    """Readers of the newsletter: subscription, confirmation, preferences, import, export.

    Responses to readers contain their tokens, and are not stored: each of these writes may be repeated.
    """

    readers = Composed(compose)

    @rpc(writes=True, store_response=False)
    def subscribe_newsletter(self, body: Row) -> Row:
        """Have the mail of a confirmation sent."""
        return self.readers.subscribing.subscribe(context.current(), body)

    @rpc
    def write_subscription_mail(self, data: Row, account: str | None = None) -> Row:
        """Address and link of a mail, when it is written."""
        return self.readers.subscribing.write_mail(context.current(), data)

    @rpc(writes=True, store_response=False)
    def confirm_subscription(self, token: str) -> Row:
        """Make the reader of a request."""
        return self.readers.confirm(context.current(), token)

    @rpc
    def show_confirmation(self, token: str) -> Row:
        """The page with the button that confirms."""
        return self.readers.pages.ask_to_confirm(token)

    @rpc(writes=True, store_response=False)
    def press_confirmation(self, token: str) -> Row:
        """Its button was pressed."""
        return self.readers.pages.confirm(context.current(), token)

    @rpc
    def show_newsletter_preferences(self, token: str) -> Row:
        """The page of the preferences."""
        return self.readers.pages.show(token)

    @rpc(writes=True, store_response=False)
    def submit_newsletter_preferences(self, token: str, body: Row) -> Row:
        """One of its buttons was pressed."""
        return self.readers.pages.submit(context.current(), token, body)

    @rpc
    def read_newsletter_preferences(self, token: str) -> Row:
        """The preferences of the reader of a link."""
        return self.readers.preferences.read(token)

    @rpc(writes=True, store_response=False)
    def change_newsletter_preferences(self, token: str, body: Row) -> Row:
        """Another language, format or topics."""
        return self.readers.preferences.choose(context.current(), token, body)

    @rpc(writes=True, store_response=False)
    def leave_newsletter(self, token: str) -> Row:
        """Unsubscribe by the link of the preferences."""
        return self.readers.preferences.leave(context.current(), token)

    @rpc(writes=True)
    def erase_own_subscription(self, token: str) -> None:
        """Erase the reader of a link."""
        self.readers.preferences.erase_own(context.current(), token)

    @subscribe("accounts", "address_erased")
    def forget_reader(self, event: Row) -> None:
        """Erase the reader with an address."""
        self.readers.preferences.forget(Erasure.of(event))

    @rpc
    def list_subscribers(self, limit: int, after: str | None = None, **filters: Any) -> Row:
        """Readers, the newest first."""
        return self.readers.officers.page(filters, after, limit)

    @rpc
    def read_subscriber(self, subscriber: str) -> Row:
        """A reader with the record of their consent."""
        return self.readers.officers.read(subscriber)

    @rpc(writes=True, store_response=False, repeatable=True)
    def look_up_subscriber(self, body: Row) -> Row:
        """The reader with an address."""
        return self.readers.officers.look_up(body["email"])

    @rpc(writes=True)
    def erase_subscriber(self, subscriber: str, body: Row) -> None:
        """An officer erases a reader."""
        self.readers.preferences.erase(subscriber, body["reason"])

    @rpc
    def subscriber_figures(self) -> Row:
        """Counts of all readers."""
        return self.readers.officers.figures()

    # -- imports ------------------------------------------------------------------------------------------------------

    @rpc(writes=True)
    def start_subscriber_import(self, upload: Row, body: Row) -> Row:
        """Import a file."""
        return self.job_response(
            self.readers.imports.start(context.current(), self.bus.jobs, self.bus.blobs, upload, body)
        )

    @rpc
    def list_subscriber_imports(self, limit: int, after: str | None = None) -> Row:
        """Imports, the newest first."""
        return self.readers.imports.page(after, limit)

    @rpc
    def read_subscriber_import(self, id: str) -> Row:
        """An import."""
        return self.readers.imports.read(context.current(), id)

    @rpc
    def list_subscriber_refusals(self, id: str, limit: int, after: str | None = None) -> Row:
        """What an import refused."""
        return self.readers.imports.refusals(context.current(), id, after, limit)

    @job(transaction=False, clean_up="end_subscriber_import")
    def import_subscribers(self, run: Run) -> Finish:
        """Read the file to its end."""
        return self.readers.imports.step(run, self.bus.blobs)

    def end_subscriber_import(self, run: Run) -> None:
        """The job failed or was cancelled."""
        self.readers.imports.clean_up(run, self.bus.jobs, self.bus.blobs)
