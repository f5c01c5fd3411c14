"""Forget a person: an account, or whoever has an address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsis_shared.erasure import Erasure
from wsis_shared.events import new_event
from wsis_shared.operations import subscribe
from wsis_shared.parts import Parts

from wsis_consultation.assignments.store import Assignments
from wsis_consultation.attachments import use_cases as attachments
from wsis_consultation.contributions.store import Endorsements
from wsis_consultation.discussions.store import (
    Comments,
    CommunityFollowers,
    Followers,
    ReplyPreferences,
    WaitingComments,
)
from wsis_consultation.erasing.events import PERSON_FORGOTTEN
from wsis_consultation.facilitators.use_cases import nominations, selection
from wsis_consultation.meetings.use_cases import registration
from wsis_consultation.own_programme.store import OwnProgrammes
from wsis_consultation.people.store import Contacts
from wsis_consultation.programme.use_cases import compose as compose_programme
from wsis_consultation.replies.store import Replies
from wsis_consultation.submissions.store import Drafts, Submissions

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore


class ErasingCases:
    """What stays and what goes: security.yaml."""

    def __init__(self, parts: Parts) -> None:
        db = parts.db
        self._drafts, self._submissions = Drafts(db), Submissions(db)
        self._attachments = attachments.compose(parts)
        self._organizers = compose_programme(parts).organizers
        self._nominations, self._selection = nominations.compose(parts), selection.compose(parts)
        self._registrations = registration.compose(parts)
        self._comments = Comments(db)
        followers = Followers(db), CommunityFollowers(db)
        members = *followers, ReplyPreferences(db), Replies(db), Assignments(db), OwnProgrammes(db), Endorsements(db)
        self._others = Contacts(db), self._comments, WaitingComments(db), *members

    @subscribe("accounts", "account_erased", name="on_account_erased")
    @subscribe("accounts", "address_erased", name="on_address_erased")
    def forget(self, erasure: Erasure, blobs: BlobStore) -> None:
        """Forget who is erased, but not what they made since: all subjects in one transaction, in an order, since what
        stays of one decides about another."""
        submissions = self._submissions.forget(erasure)
        self._attachments.forget([*self._drafts.forget(erasure), *(row["_id"] for row in submissions)], blobs)
        self._organizers.forget(erasure, submissions)
        self._nominations.forget(erasure)
        self._selection.forget(erasure, blobs)
        self._registrations.forget(erasure)
        for store in self._others:
            store.forget(erasure)
        self._comments.store_events(1, new_event(PERSON_FORGOTTEN, subject="people"))


def compose(parts: Parts) -> ErasingCases:
    """The use cases with their collaborators; called once per process."""
    return ErasingCases(parts)
