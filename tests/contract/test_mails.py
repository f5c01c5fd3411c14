"""Every mail of every manifest is written in every language by the renderer that sends it: with the data of its event,
the names of its reader, what its publisher brings (as in `services/notifications/tests/preview.yaml`), and no more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from wsis_shared.plugin import discover
from wsis_shared.schemas import LOCALES

from wsis_notifications.mails import templates
from wsis_notifications.mails.rules.deliveries import variables_of

PROVIDERS = {  # what each brings to the mails of its service
    "accounts.erasure_link_details": "url",
    "accounts.farewell": "",
    "accounts.issue_code": "code minutes url",
    "accounts.role_names": "role_names",
    "consultation.all_links_details": "closes_at links",
    "consultation.cancellation_details": "title",
    "consultation.candidate_details": "high_level_days",
    "consultation.confirmation_details": "candidate_names",
    "consultation.consent_details": "mechanism url",
    "consultation.describe_revision": "changes reason",
    "consultation.draft_link_details": "closes_at url",
    "consultation.explain_decision": "reason text title",
    "consultation.explain_moderation": "reason text title",
    "consultation.explain_refused_reply": "title",
    "consultation.late_link_details": "late_until receipt url",
    "consultation.merger_details": "organization other_receipt reason receipt url",
    "consultation.nomination_details": "candidate_names mechanism number received_at",
    "consultation.offer_confirmation": "title url",
    "consultation.participant_details": (
        "badge_number calendar_url end join_url local_start on_site start title venue"
    ),
    "consultation.session_contact": "ask number reason room start title until url",
    "consultation.submission_details": "closes_at organization receipt received_at sections sent_at url",
    "consultation.write_comment_notice": "author marker text title",
    "consultation.write_comments_digest": "entries",
    "consultation.write_discussion_notice": "community marker text title",
    "consultation.write_open_reports": "entries page",
    "consultation.write_unassigned_reports": "entries page",
    "notifications.write_subscription_mail": "consent days url",
    "partnerships.describe_pledge": (
        "activity_title centimes description form organization package_title reason state_subject state_text"
    ),
    "prizes.champion_details": "project title",
    "prizes.juror_details": "open",
    "prizes.outcome_details": "standard title",
    "prizes.project_details": "title",
    "prizes.receipt_details": "category country organization receipt received_at short_description title",
    "stocktaking.copy_submission": (
        "action_lines countries description is_update kind organization sdgs submitted_at title"
    ),
    "stocktaking.describe_claim": "entries entry organization reason title",
    "stocktaking.describe_matrix_decision": "line reason sdgs",
    "stocktaking.list_invited": "entries more",
    "stocktaking.write_call": "count deadline entries more update words",
    "stocktaking.write_claim_code": "code minutes organization title",
    "stocktaking.write_saved_search_news": "entries more name stop total url",
    "stocktaking.write_share_code": "code days organization role share title whole",
    "voting.ballot_progress": "done of",
    "voting.ballot_summary": "count votes",
    "voting.exclusion": "address",
}
FOUND = discover()
CATALOGUE = templates.Catalogue(FOUND)
BROUGHT = yaml.safe_load((Path(__file__).parents[2] / "services/notifications/tests/preview.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def writer() -> Any:
    return templates.writer("https://wsis.example", templates.filters_of(FOUND))


def variables(item: templates.NotificationBinding) -> dict[str, Any]:
    """What its publisher has for a mail."""
    own = BROUGHT.get(item.notice.template, {})
    values = {**BROUGHT, **(own if isinstance(own, dict) else {})}
    provider = item.notice.context_provider
    names = PROVIDERS[f"{item.plugin.name}.{provider}"].split() if provider else []
    return {**variables_of(item.event.example), "names": "Amina Diallo", **{name: values[name] for name in names}}


@pytest.mark.parametrize("item", CATALOGUE.all, ids=lambda item: item.name)
def test_a_mail_is_written_in_every_language(item: templates.NotificationBinding, writer: Any) -> None:
    for locale in LOCALES:
        source = CATALOGUE.source(item, locale)
        mail = writer.write(source, variables(item))
        assert source.locale == locale
        assert mail.subject
        assert BROUGHT["code"] not in mail.subject  # a locked telephone shows it
        assert [mark for mark in ("{{", "{%", "None") if mark in mail.text] == []


def test_providers_are_those_of_the_manifests() -> None:
    named = {
        f"{item.plugin.name}.{item.notice.context_provider}" for item in CATALOGUE.all if item.notice.context_provider
    }
    assert named == PROVIDERS.keys()
