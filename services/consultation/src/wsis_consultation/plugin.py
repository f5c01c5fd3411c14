"""The manifest: all that the suite knows of this service."""

from __future__ import annotations

from wsis_shared.mailboxes import Mailbox
from wsis_shared.plugin import Plugin
from wsis_shared.rates import RateClass
from wsis_shared.reference.sets import ReferenceSet
from wsis_shared.roles import Role

from wsis_consultation import events, routes

plugin = Plugin(
    name="consultation",
    summary="The Open Consultation Process of the Forum, from its opening to the final brief",
    use_cases=(
        "wsis_consultation.editions.use_cases.editions:compose",
        "wsis_consultation.submissions.use_cases.forms:compose",
        "wsis_consultation.submissions.use_cases.drafts:compose",
        "wsis_consultation.submissions.use_cases.submissions:compose",
        "wsis_consultation.submissions.use_cases.overrides:compose",
        "wsis_consultation.submissions.use_cases.mails:compose",
        "wsis_consultation.attachments.use_cases:compose",
        "wsis_consultation.overview.use_cases:compose",
        "wsis_consultation.discussions.use_cases:compose",
        "wsis_consultation.replies.use_cases:compose",
        "wsis_consultation.meetings.use_cases.arrangement:compose",
        "wsis_consultation.meetings.use_cases.registration:compose",
        "wsis_consultation.meetings.use_cases.mails:compose",
        "wsis_consultation.meetings.use_cases.floor:compose",
        "wsis_consultation.meetings.use_cases.minutes:compose",
        "wsis_consultation.facilitators.use_cases.nominations:compose",
        "wsis_consultation.facilitators.use_cases.selection:compose",
        "wsis_consultation.programme.use_cases:compose",
        "wsis_consultation.documents.use_cases:compose",
        "wsis_consultation.erasing.use_cases:compose",
    ),
    calls=("accounts.contacts", "accounts.profile"),
    collections="wsis_consultation.store:COLLECTIONS",
    settings="wsis_consultation.settings:Settings",
    locale_package="wsis_consultation",
    seed="wsis_consultation.editions.store:seed",
    routes=routes.ROUTES,
    jobs=routes.JOBS,
    publishes=events.PUBLISHES,
    depends_on=events.DEPENDS_ON,
    rate_classes=(
        RateClass("comment", "10/minute", "Comments and reports, per account"),
        RateClass("draft", "10/hour", "New drafts and mailed links, per account or network", fail_closed=True),
    ),
    mailboxes=(
        Mailbox("r.*", check="wsis_consultation.discussions.rules.addresses:is_valid", handler="receive_reply"),
    ),
    reference=(
        ReferenceSet(
            "session_types",
            "wsis_consultation.editions.rules.reference:session_type_rows",
            "Types of Forum sessions",
            filters=("track", "requestable"),
        ),
    ),
    roles=(Role("coordinator", granted_by=("officer",), session_hours=12),),
    grants={
        "coordinator": ("consultation:nominate",),
        "member": ("consultation:take_part",),
        "officer": (
            "consultation:take_part",
            "consultation:read",
            "consultation:manage",
            "consultation:read_index",
            "consultation:nominate",
        ),
        "agency": ("consultation:read_index",),
    },
)
