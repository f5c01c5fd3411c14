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
        "wsis_consultation.use_cases.editions:compose",
        "wsis_consultation.use_cases.submissions.forms:compose",
        "wsis_consultation.use_cases.submissions.drafts:compose",
        "wsis_consultation.use_cases.submissions.submissions:compose",
        "wsis_consultation.use_cases.submissions.overrides:compose",
        "wsis_consultation.use_cases.submissions.mails:compose",
        "wsis_consultation.use_cases.attachments:compose",
        "wsis_consultation.use_cases.overview:compose",
        "wsis_consultation.use_cases.discussions:compose",
        "wsis_consultation.use_cases.replies:compose",
        "wsis_consultation.use_cases.meetings.arrangement:compose",
        "wsis_consultation.use_cases.meetings.registration:compose",
        "wsis_consultation.use_cases.meetings.mails:compose",
        "wsis_consultation.use_cases.meetings.floor:compose",
        "wsis_consultation.use_cases.meetings.minutes:compose",
        "wsis_consultation.use_cases.facilitators.nominations:compose",
        "wsis_consultation.use_cases.facilitators.selection:compose",
        "wsis_consultation.use_cases.programme:compose",
        "wsis_consultation.use_cases.documents:compose",
        "wsis_consultation.use_cases.erasing:compose",
    ),
    calls=("accounts.contacts", "accounts.profile"),
    collections="wsis_consultation.store:COLLECTIONS",
    settings="wsis_consultation.settings:Settings",
    locale_package="wsis_consultation",
    seed="wsis_consultation.seed:seed",
    routes=routes.ROUTES,
    jobs=routes.JOBS,
    publishes=events.PUBLISHES,
    depends_on=events.DEPENDS_ON,
    rate_classes=(
        RateClass("comment", "10/minute", "Comments and reports, per account"),
        RateClass("draft", "10/hour", "New drafts and mailed links, per account or network", fail_closed=True),
    ),
    mailboxes=(Mailbox("r.*", check="wsis_consultation.domain.replies.addresses:is_valid", handler="receive_reply"),),
    reference=(
        ReferenceSet(
            "session_types", "wsis_consultation.domain.reference:session_type_rows", "Types of Forum sessions",
            filters=("track", "requestable"),
        ),
    ),
    roles=(Role("coordinator", granted_by=("officer",), session_hours=12),),
    grants={
        "coordinator": ("consultation:nominate",),
        "member": ("consultation:take_part",),
        "officer": ("consultation:take_part", "consultation:read", "consultation:manage",
                    "consultation:read_index", "consultation:nominate"),
        "agency": ("consultation:read_index",),
    },
)  # fmt: skip
