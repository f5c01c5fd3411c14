"""Entrypoints. Sending of an issue to its recipients: schedule, pause, resume, figures."""

from __future__ import annotations

from typing import Any

from wsis_shared import context
from wsis_shared.bus import Composed, InboundMail, Service, every, inbound_mail, rpc, subscribe

from wsis_notifications.use_cases.campaigns import announcements, bounces, officer, retention, starting

Row = dict[str, Any]


class CampaignsEntrypoints(Service):
    """Sending of an issue to its recipients: schedule, pause, resume, figures."""

    campaigns_cases = Composed(officer.compose, calls=("accounts.contacts",))
    starting = Composed(starting.compose, calls=("accounts.profiles",))
    announcements = Composed(announcements.compose)
    newsletter_bounces = Composed(bounces.compose)
    newsletter_retention = Composed(retention.compose)

    @rpc(writes=True)
    def create_campaign(self, body: Row) -> Row:
        """Draft the sending of an issue."""
        return self.campaigns_cases.create(context.current(), body)

    @rpc(writes=True)
    def test_campaign(self, body: Row) -> Row:
        """Send an issue to oneself and some others."""
        return self.campaigns_cases.test(context.current(), body)

    @rpc
    def list_campaigns(self, limit: int, after: str | None, state: str | None) -> Row:
        """Campaigns, newest first."""
        return self.campaigns_cases.page(limit, after, state)

    @rpc
    def read_campaign(self, campaign: str) -> Row:
        """One campaign."""
        return self.campaigns_cases.read(campaign)

    @rpc
    def estimate_campaign(self, campaign: str) -> Row:
        """How many mails, and how long they take."""
        return self.campaigns_cases.estimate(campaign)

    @rpc(writes=True)
    def schedule_campaign(self, campaign: str, body: Row) -> Row:
        """Send it at a time, or now."""
        return self.campaigns_cases.schedule(context.current(), campaign, body["at"])

    @rpc(writes=True)
    def confirm_campaign(self, campaign: str, body: Row) -> Row:
        """Send now what waits for it."""
        return self.campaigns_cases.confirm(context.current(), campaign, body["reason"])

    @rpc(writes=True)
    def pause_campaign(self, campaign: str, body: Row) -> Row:
        """Send no more for now."""
        return self.campaigns_cases.pause(campaign, body["reason"])

    @rpc(writes=True)
    def resume_campaign(self, campaign: str, body: Row) -> Row:
        """Go on sending."""
        return self.campaigns_cases.resume(context.current(), campaign, body["reason"])

    @rpc(writes=True)
    def cancel_campaign(self, campaign: str, body: Row) -> Row:
        """Never send what is not sent yet."""
        return self.campaigns_cases.cancel(campaign, body["reason"])

    @rpc(writes=True)
    def resend_campaign(self, campaign: str, body: Row) -> Row:
        """Send again to those whom it did not reach."""
        return self.campaigns_cases.resend(context.current(), campaign, body)

    @rpc
    def campaign_figures(self, campaign: str) -> Row:
        """Its mails by state, reason, language and domain."""
        return self.campaigns_cases.figures(campaign)

    @rpc
    def list_campaign_deliveries(self, campaign: str, limit: int, after: str | None, state: str | None) -> Row:
        """Its mails, without addresses."""
        return self.campaigns_cases.deliveries_page(campaign, limit, after, state)

    @every(1.0)
    def run_campaigns(self) -> None:
        """Figures of campaigns that are sent have changed; others begin, whose time has come."""
        if self.campaigns_cases.is_any_under_way():
            self.campaigns_cases.progressed(self.bus.notify)
            self.starting.start_due(self.bus.grants)

    @subscribe("accounts", "power_changed")
    def check_campaign_officer(self, event: Row) -> None:
        """Whoever may no longer send campaigns sends none."""
        self.starting.check_officer(event["data"]["account"], event["data"]["roles"], self.bus.grants)

    @every(3600)
    def remove_old_newsletter_deliveries(self) -> None:
        """What is kept for 400 days only."""
        self.newsletter_retention.run()

    @inbound_mail
    def receive_newsletter_bounce(self, mail: InboundMail) -> None:
        """A mail to the return path of a row."""
        self.newsletter_bounces.receive(mail.recipient, b"".join(self.bus.blobs.open(mail.blob)))

    @subscribe("prizes", "champions_announced")
    def announce_champions(self, event: Row) -> None:
        """The champions are public: a campaign to subscribers of the prizes."""
        self.announcements.announce(event)

    @subscribe("prizes", "winners_announced")
    def announce_winners(self, event: Row) -> None:
        """The winners are public: the same."""
        self.announcements.announce(event)
