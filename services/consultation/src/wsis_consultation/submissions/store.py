"""Repositories of forms, drafts and submissions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from pymongo import UpdateOne
from wsis_shared import keyset
from wsis_shared.collection_specs import CollectionSpec, expires, index
from wsis_shared.erasure import Erasure
from wsis_shared.errors import NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.json_types import JsonObject
from wsis_shared.mongo import transactional
from wsis_shared.outbox import EventfulRepository

from wsis_consultation.editions.rules.editions import Edition
from wsis_consultation.index.store import SubmissionIndex
from wsis_consultation.submissions.rules import questions
from wsis_consultation.submissions.rules.answers import FormValidator
from wsis_consultation.submissions.rules.erased import NOBODY, without_speaker, without_writer
from wsis_consultation.submissions.rules.lifecycle import Draft, Linked, Submission, Version
from wsis_consultation.submissions.rules.questions import Form

COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec("forms", indexes=(index("edition", "edition", "number", unique=True),)),
    CollectionSpec(
        "drafts",
        indexes=(
            index("mailbox", "email_key", "edition"),
            index("account", "account", "_id"),
            expires("expires_at"),
        ),
    ),
    CollectionSpec(
        "submissions",
        indexes=(
            index("number", "edition", "number", unique=True),
            index("mailbox", "email_key", "edition"),
            index("account", "account", "_id"),
            index("public", "edition", "consent.public", "number"),
        ),
        few={"number": "some 400 in an edition", "public": "some 400 in an edition"},
    ),
    CollectionSpec("submission_versions", indexes=(index("submission", "submission", "number"),)),
    CollectionSpec("submission_numbers"),
)


# Published versions of the forms.


class Forms(EventfulRepository):
    """Versions are immutable, so that a process keeps what it has read."""

    def newest(self, edition: str) -> Form:
        """The version in force, with the choices of its edition. The first one is stored as delivered."""
        found = self.collection("forms", Form).find({"edition": edition}).sort("number", -1).limit(1)
        return self._with_choices(next(iter(found), None) or self._deliver(edition))

    def version(self, edition: str, number: int | str) -> Form:
        """One version, with the choices of its edition. Raises NotFound."""
        return self._with_choices(self.stored(edition, number))

    def stored(self, edition: str, number: int | str) -> Form:
        """One version as it was published. Raises NotFound."""
        id = f"{edition}-{number}"
        if id not in self._read:
            found = self.collection("forms", Form).find_one({"_id": id})
            if found is None:
                raise NotFound("consultation.version_unknown", version=number)
            self._read[id] = found
        return self._read[id]

    def versions(self, edition: str) -> list[Form]:
        """All versions, oldest first."""
        return list(self.collection("forms", Form).find({"edition": edition}).sort("number", 1))

    def publish(self, form: Form, *events: PendingEvent) -> Form:
        """Store a new version. Raises DuplicateKeyError where the number is taken."""
        return self.save("forms", form, *events)

    def validator(self, form: Form) -> FormValidator:
        """The validator of a version, with its compiled schemas. Those of other choices are other schemas."""
        choices = [row["code"] for _, item in questions.every_question(form) for row in item.get("choices") or ()]
        return self._validators.setdefault((form["_id"], *choices), FormValidator(form))

    def _with_choices(self, form: Form) -> Form:
        edition = self.collection("editions", Edition).find_one({"_id": form["edition"]}, {"session_types": 1})
        types = edition.get("session_types") if edition else None
        return questions.with_types(form, types) if types else form

    def _deliver(self, edition: str) -> Form:
        form = questions.delivered(edition)
        self.collection("forms").update_one({"_id": form["_id"]}, {"$setOnInsert": {**form, "version": 1}}, upsert=True)
        return form

    @cached_property
    def _read(self) -> dict[str, Form]:
        return {}

    @cached_property
    def _validators(self) -> dict[tuple[str, ...], FormValidator]:
        return {}


# Drafts.


MAX_OF_MAILBOX = 100
_LISTED_DRAFTS = {"answers": 0}


class Drafts(EventfulRepository):
    """What is not submitted yet; the store deletes a draft when it expires."""

    def find(self, edition: str, draft: str) -> Draft | None:
        """The draft, or None."""
        return self.collection("drafts", Draft).find_one({"_id": draft, "edition": edition})

    def of_mailbox(self, edition: str, email_key: str) -> list[Draft]:
        """Drafts of an address, in the order of their ids."""
        query = {"email_key": email_key, "edition": edition}
        return list(self.collection("drafts", Draft).find(query, {"answers": 0}).limit(MAX_OF_MAILBOX))

    def of_account(self, account: str, after: str | None, limit: int) -> keyset.Page[Draft]:
        """Drafts of an account, a page."""
        return keyset.find_page(
            self.collection("drafts", Draft), {"account": account}, ("_id",), after, limit, projection=_LISTED_DRAFTS
        )

    def put(self, draft: Draft, *events: PendingEvent) -> Draft:
        """Insert or replace. Raises Conflict after a concurrent change."""
        return self.save("drafts", draft, *events)

    @transactional
    def add_link(self, draft: Linked, event: PendingEvent) -> None:
        """Note the number of its link, and publish `event`."""
        changes = {"link_number": draft.get("link_number", 0)}
        update = {"$set": changes, "$inc": {"version": 1}}
        if self.collection("drafts").update_one({"_id": draft["_id"]}, update).matched_count:
            self.store_events(draft["version"] + 1, event)

    def remove(self, draft: str) -> None:
        """Delete it."""
        self.collection("drafts").delete_one({"_id": draft})

    def forget(self, erasure: Erasure) -> list[str]:
        """Delete the drafts of a person, and their rows as a speaker in others'; returns the ids of those deleted."""
        drafts = self.collection("drafts", Draft)
        ids = [row["_id"] for row in drafts.find(erasure.query("created_at", account="account", address="email"))]
        drafts.delete_many({"_id": {"$in": ids}})
        for row in list(drafts.find(erasure.query("updated_at", address="answers.requests.speakers.email"))):
            requests = without_speaker(row["answers"]["requests"], erasure.is_of_row)
            drafts.update_one({"_id": row["_id"]}, {"$set": {"answers.requests": requests}, "$inc": {"version": 1}})
        return ids


# Submissions and their versions.


_LISTED = {"answers": 0, "per_line": 0, "requests": 0, "contact": 0}


class Submissions(EventfulRepository):
    """The current version is in `submissions`, each version in `submission_versions`."""

    def find(self, edition: str, submission: str) -> Submission | None:
        """The submission, or None."""
        return self.collection("submissions", Submission).find_one({"_id": submission, "edition": edition})

    def of_mailbox(self, edition: str, email_key: str) -> list[Submission]:
        """Submissions of an address that were not withdrawn."""
        query = {"email_key": email_key, "edition": edition, "state": "received"}
        return list(
            self.collection("submissions", Submission).find(query, {"answers": 0, "per_line": 0}).limit(MAX_OF_MAILBOX)
        )

    def of_account(self, account: str, after: str | None, limit: int) -> keyset.Page[Submission]:
        """Submissions of an account, a page."""
        return keyset.find_page(
            self.collection("submissions", Submission), {"account": account}, ("_id",), after, limit, projection=_LISTED
        )

    def count_of_mailbox(self, edition: str, email_key: str) -> int:
        """Submissions of an address, withdrawn ones too."""
        return self.collection("submissions").count_documents({"email_key": email_key, "edition": edition})

    def next_number(self, edition: str) -> int:
        """The next number of an edition. Call it in the transaction that stores the submission: numbers are dense."""
        counter = self.collection("submission_numbers").find_one_and_update(
            {"_id": edition}, {"$inc": {"last": 1}}, upsert=True, after=True
        )
        return int(counter["last"])

    def put(self, submission: Submission, version: Version | None, *events: PendingEvent) -> Submission:
        """Insert or replace, with the copy of its version where that is new. Raises Conflict after a concurrent
        change."""
        if version is not None:
            self.collection("submission_versions").insert_one(version)
        saved = self.save("submissions", submission, *events)
        SubmissionIndex(self.db).put(saved)
        return saved

    @transactional
    def add_link(self, submission: Linked, event: PendingEvent) -> None:
        """Note the number of its link, and publish `event`."""
        changes = {"link_number": submission.get("link_number", 0)}
        update = {"$set": changes, "$inc": {"version": 1}}
        if self.collection("submissions").update_one({"_id": submission["_id"]}, update).matched_count:
            self.store_events(submission["version"] + 1, event)

    def versions(self, submission: str) -> list[Version]:
        """{number, at, by, late, form_version} of all versions, oldest first."""
        brief = dict.fromkeys(("number", "at", "by", "late", "form_version"), 1)
        return list(
            self.collection("submission_versions", Version).find({"submission": submission}, brief).sort("number", 1)
        )

    def version(self, submission: str, number: int) -> Version:
        """One version. Raises NotFound."""
        id = f"{submission}.{number}"
        found = self.collection("submission_versions", Version).find_one({"_id": id})
        if found is None:
            raise NotFound("consultation.version_unknown", version=number)
        return found

    def forget(self, erasure: Erasure) -> list[Submission]:
        """Remove a person from all versions: who wrote them, and who is to speak. The input stays. Returns what the
        person wrote, as it was."""
        query = erasure.query("received_at", account="account", address="contact.email")
        written = list(self.collection("submissions", Submission).find(query))
        # The mailed link opens nothing any more.
        changed = {"$inc": {"version": 1, "link_number": 1}}
        self._update("submissions", {row["_id"]: {**NOBODY, **without_writer(row)} for row in written}, changed)
        ids = [row["_id"] for row in written]
        versions = self.collection("submission_versions", Version).find({"submission": {"$in": ids}})
        self._update("submission_versions", {row["_id"]: without_writer(row) for row in versions})
        for name, made in (("submissions", "received_at"), ("submission_versions", "at")):
            named = self.collection(name).find(erasure.query(made, address="requests.speakers.email"))
            rest = {
                row["_id"]: {"requests": without_speaker(row["requests"], erasure.is_of_row)}
                for row in named
                if erasure.reaches(row.get("amended_at"))
            }
            self._update(name, rest, {"$inc": {"version": 1}} if name == "submissions" else {})
        return written

    def _update(self, name: str, fields: Mapping[str, JsonObject], more: JsonObject | None = None) -> None:
        if fields:
            writes = [UpdateOne({"_id": id}, {"$set": values, **(more or {})}) for id, values in fields.items()]
            self.collection(name).bulk_write(writes)
