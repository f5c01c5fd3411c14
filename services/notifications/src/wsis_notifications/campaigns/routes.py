"""Routes. Sending of an issue to its recipients: schedule, pause, resume, figures."""

from __future__ import annotations

from wsis_shared.plugin import Route
from wsis_shared.streams import Stream

from wsis_notifications.campaigns import schemas

_ALL, _ONE = "/v1/campaigns", "/v1/campaigns/{campaign}"
_OFFICER = "notifications:newsletter"
_UNKNOWN = ("notifications.campaign_unknown",)
_STATE = (*_UNKNOWN, "notifications.campaign_state")

ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        _ALL,
        handler="create_campaign",
        summary="Draft the sending of an issue",
        body=schemas.CampaignBody,
        response=schemas.Campaign,
        permission=_OFFICER,
        error_codes=("notifications.issue_unknown", "notifications.issue_not_ready"),
        description="It goes to the readers of the issue's topics; the segment narrows them further. With `all` among "
        "its topics it goes to readers of any topic, which the audit log tells.",
    ),
    Route(
        "POST",
        "/v1/campaign-tests",
        handler="test_campaign",
        summary="Send an issue to oneself and up to five others",
        body=schemas.TestBody,
        response=schemas.Campaign,
        permission=_OFFICER,
        limit="heavy",
        error_codes=("notifications.issue_unknown", "notifications.email_invalid", "notifications.email_not_mailable"),
    ),
    Route(
        "GET",
        _ALL,
        handler="list_campaigns",
        summary="Campaigns, newest first",
        query=schemas.CampaignQuery,
        response=schemas.CampaignPage,
        permission=_OFFICER,
    ),
    Route(
        "GET",
        _ONE,
        handler="read_campaign",
        summary="A campaign",
        response=schemas.Campaign,
        permission=_OFFICER,
        error_codes=_UNKNOWN,
    ),
    Route(
        "GET",
        f"{_ONE}/estimate",
        handler="estimate_campaign",
        summary="How many mails, and how long they take",
        response=schemas.Estimate,
        permission=_OFFICER,
        error_codes=_UNKNOWN,
    ),
    Route(
        "POST",
        f"{_ONE}/schedule",
        handler="schedule_campaign",
        summary="Send it at a time, or now",
        body=schemas.Schedule,
        response=schemas.Campaign,
        permission=_OFFICER,
        error_codes=_STATE,
        description="It starts within seconds of its time. Over an hour late, after an outage, or once its officer may "
        "no longer send campaigns, it needs a confirmation.",
    ),
    Route(
        "POST",
        f"{_ONE}/confirm",
        handler="confirm_campaign",
        summary="Send now what needs it",
        body=schemas.Reason,
        response=schemas.Campaign,
        permission=_OFFICER,
        error_codes=_STATE,
    ),
    Route(
        "POST",
        f"{_ONE}/pause",
        handler="pause_campaign",
        summary="Send no more for now",
        body=schemas.Reason,
        response=schemas.Campaign,
        permission=_OFFICER,
        error_codes=_STATE,
    ),
    Route(
        "POST",
        f"{_ONE}/resume",
        handler="resume_campaign",
        summary="Go on sending",
        body=schemas.Reason,
        response=schemas.Campaign,
        permission=_OFFICER,
        error_codes=_STATE,
    ),
    Route(
        "POST",
        f"{_ONE}/cancel",
        handler="cancel_campaign",
        summary="Never send what is not sent yet",
        body=schemas.Reason,
        response=schemas.Campaign,
        permission=_OFFICER,
        error_codes=_STATE,
    ),
    Route(
        "POST",
        f"{_ONE}/resend",
        handler="resend_campaign",
        summary="Send again to those whom it did not reach",
        body=schemas.Resend,
        response=schemas.Campaign,
        permission=_OFFICER,
        error_codes=_STATE,
        description="Failed, and bounced softly: never to who has it, was skipped or has left.",
    ),
    Route(
        "GET",
        f"{_ONE}/figures",
        handler="campaign_figures",
        summary="Its mails by state, reason, language and domain",
        response=schemas.CampaignFigures,
        permission=_OFFICER,
        error_codes=_UNKNOWN,
        stream=Stream(
            events=("notifications.campaign_progressed", "notifications.campaign_finished"),
            subject="campaign",
            shared=True,
            min_interval=1.0,
        ),
    ),
    Route(
        "GET",
        f"{_ONE}/deliveries",
        handler="list_campaign_deliveries",
        summary="Its mails, without addresses",
        query=schemas.CampaignDeliveryQuery,
        response=schemas.CampaignDeliveryPage,
        permission=_OFFICER,
        error_codes=_UNKNOWN,
    ),
)
