"""The manifest: all that the suite knows of this service."""

from __future__ import annotations

from wsis_shared.audit import ACTION_TAKEN
from wsis_shared.events import EventDependency
from wsis_shared.mailboxes import Mailbox
from wsis_shared.plugin import Plugin
from wsis_shared.rates import RateClass
from wsis_shared.reference.sets import ReferenceSet
from wsis_shared.roles import Role
from wsis_shared.subjects import declared

plugin = Plugin(
    name="consultation",
    summary="The Open Consultation Process of the Forum, from its opening to the final brief",
    **declared(
        "wsis_consultation",
        "editions",
        "dates",
        "session_types",
        "people",
        "submissions",
        "attachments",
        "index",
        "overview",
        "discussions",
        "replies",
        "meetings",
        "assignments",
        "facilitators",
        "programme",
        "own_programme",
        "documents",
        "contributions",
        "merging",
        "erasing",
        publishes=(ACTION_TAKEN,),
        depends_on=(EventDependency("accounts", "power_changed", reads=("account", "roles")),),
    ),
    calls=("accounts.contacts", "accounts.profile"),
    settings="wsis_consultation.settings:Settings",
    locale_package="wsis_consultation",
    seed="wsis_consultation.editions.store:seed",
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
        ReferenceSet(
            "participant_ranks", "wsis_consultation.editions.rules.reference:rank_rows", "Ranks of Forum participants"
        ),
        ReferenceSet(
            "phase_kinds",
            "wsis_consultation.editions.rules.phases:KINDS",
            "Kinds of phases",
            titles="pages.choice_kind_",
        ),
        ReferenceSet(
            "submission_states",
            "wsis_consultation.submissions.rules.lifecycle:STATES",
            "States of submissions",
            titles="pages.submission_is_",
        ),
        ReferenceSet(
            "contribution_kinds",
            "wsis_consultation.index.rules:KINDS",
            "Kinds of contributions",
            titles="documents.kind_",
        ),
        ReferenceSet(
            "attachment_scans",
            "wsis_consultation.attachments.rules:SCANS",
            "What the virus scanner said of a file",
            titles="pages.scan_",
        ),
        ReferenceSet(
            "discussion_states",
            "wsis_consultation.discussions.rules.codes:STATES",
            "States of discussions",
            titles="pages.state_",
        ),
        ReferenceSet(
            "follow_modes",
            "wsis_consultation.discussions.rules.codes:MODES",
            "How a member follows a discussion",
            titles="pages.choice_mode_",
        ),
        ReferenceSet(
            "comment_statuses",
            "wsis_consultation.discussions.rules.codes:STATUSES",
            "Statuses of comments",
            titles="pages.comment_",
        ),
        ReferenceSet(
            "report_reasons",
            "wsis_consultation.discussions.rules.codes:REASONS",
            "Why a comment is reported",
            titles="pages.choice_reason_",
        ),
        ReferenceSet(
            "session_statuses",
            "wsis_consultation.programme.rules.codes:STATUSES",
            "Statuses of Forum sessions",
            titles="pages.choice_status_",
        ),
        ReferenceSet(
            "candidate_states",
            "wsis_consultation.facilitators.rules.candidates:STATES",
            "States of nominated facilitators",
            titles="pages.candidate_",
        ),
        ReferenceSet(
            "candidate_consents",
            "wsis_consultation.facilitators.rules.candidates:CONSENTS",
            "What a candidate said to a nomination",
            titles="pages.consent_is_",
        ),
        ReferenceSet(
            "participation_modes",
            "wsis_consultation.meetings.rules.registration:MODES",
            "How people take part in a meeting",
            titles="pages.choice_mode_",
        ),
        ReferenceSet(
            "intervention_kinds",
            "wsis_consultation.meetings.rules.floor:KINDS",
            "Kinds of interventions",
            titles="pages.choice_kind_",
        ),
        ReferenceSet(
            "question_states",
            "wsis_consultation.meetings.rules.audience:STATES",
            "States of written questions",
            titles="pages.choice_state_",
        ),
        ReferenceSet(
            "minutes_marks",
            "wsis_consultation.meetings.rules.minutes:MARKS",
            "Marks of minutes that are not valid any more",
            titles="pages.minutes_is_",
        ),
    ),
    roles=(
        Role("coordinator", granted_by=("officer",), session_hours=12),
        Role("moderator", granted_by=("officer",), session_hours=12, bound_to="discussion"),
        Role("chair", granted_by=("officer",), session_hours=12, bound_to="meeting"),
        Role("check_in", granted_by=("officer",), session_hours=12, bound_to="meeting"),
        Role("programme_editor", granted_by=("officer",), session_hours=12, bound_to="edition"),
        Role("edition_editor", granted_by=("officer",), session_hours=12, bound_to="edition"),
    ),
    assignments="wsis_consultation.assignments.store:Assignments",
    grants={
        "coordinator": ("consultation:nominate",),
        "moderator": ("consultation:moderate", "consultation:assigned"),
        "chair": ("consultation:chair", "consultation:assigned"),
        "check_in": ("consultation:check_in", "consultation:assigned"),
        "programme_editor": ("consultation:programme", "consultation:assigned"),
        "edition_editor": ("consultation:edition", "consultation:assigned"),
        "member": ("consultation:take_part",),
        "officer": (
            "consultation:take_part",
            "consultation:read",
            "consultation:manage",
            "consultation:read_index",
            "consultation:nominate",
            "consultation:moderate",
            "consultation:chair",
            "consultation:check_in",
            "consultation:programme",
            "consultation:edition",
        ),
        "agency": ("consultation:read_index",),
    },
)
