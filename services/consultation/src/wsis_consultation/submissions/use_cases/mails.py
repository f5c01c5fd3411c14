"""What notifications asks for when it writes a mail: addresses, links and copies that no event carries."""

from __future__ import annotations

from datetime import datetime

from wsis_shared.errors import NotFound
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts

from wsis_consultation.editions.rules import editions
from wsis_consultation.editions.store import Editions
from wsis_consultation.people.store import link_key
from wsis_consultation.submissions.rules import contents, labels
from wsis_consultation.submissions.rules.lifecycle import Draft, Linked, Submission, email_of, receipt_number
from wsis_consultation.submissions.store import Drafts, Forms, Submissions


class MailCases:
    """Variables of mails. NotFound means that a mail is not needed any more."""

    def __init__(self, editions_store: Editions, forms: Forms, drafts: Drafts, submissions: Submissions) -> None:
        self._editions, self._forms = editions_store, forms
        self._drafts, self._submissions = drafts, submissions

    @rpc
    def draft_link_details(self, data: Input, account: str | None = None) -> JsonObject:
        """{contact, closes_at, url, receipt, saved_at, late_until}: the link to a draft, or to the submission that it
        became.

        No names: anybody can type anything into a form and have it mailed to any address.
        """
        found, about = self._addressed(data)
        return {**about, **_link(found), "late_until": _late_until(found)}

    @rpc
    def all_links_details(self, data: Input, account: str | None = None) -> JsonObject:
        """{contact, closes_at, links: [{url, receipt, saved_at}]}: all that the address has, submissions first. `data`
        names one of them. No texts, as in `draft_link_details`."""
        found, about = self._addressed(data)
        where = found["edition"], found["email_key"] or ""
        submissions = sorted(self._submissions.of_mailbox(*where), key=lambda row: row["number"])
        drafts = sorted(self._drafts.of_mailbox(*where), key=lambda row: row["saved_at"], reverse=True)
        return {**about, "links": [*map(_link, submissions), *map(_link, drafts)]}

    def _addressed(self, data: Input) -> tuple[Draft | Submission, JsonObject]:
        edition, id = str(data["edition"]), str(data["draft"])
        found = self._drafts.find(edition, id) or self._submissions.find(edition, id)
        email = found and email_of(found)
        if not found or not email:
            raise NotFound("consultation.draft_unknown")
        return found, {
            "contact": {"email": email, "names": "", "locale": found["language"]},
            "closes_at": editions.submissions_close_at(self._editions.find(edition)),
        }

    @rpc
    def late_link_details(self, data: Input, account: str | None = None) -> JsonObject:
        """As `draft_link_details`, with `late_until`. Raises NotFound where the override was used before its mail was
        written."""
        details = self.draft_link_details(data)
        if details["late_until"] is None:
            raise NotFound("consultation.draft_unknown")
        return details

    @rpc
    def submission_details(self, data: Input, account: str | None = None) -> JsonObject:
        """{contact, receipt, received_at, sent_at, organization, url, closes_at, sections}: the receipt with a copy of
        the version that the event is about, in the submitter's language."""
        edition, id, number = str(data["edition"]), str(data["submission"]), int(data["version"])
        found = self._submissions.find(edition, id)
        if found is None or not found["contact"]:
            raise NotFound("consultation.submission_unknown")
        version = self._submissions.version(id, number)
        form = self._forms.version(edition, version["form_version"])
        contact = found["contact"]
        return {
            "contact": {"email": contact["email"], "names": contact["full_name"], "locale": version["language"]},
            "receipt": receipt_number(edition, found["number"]),
            "received_at": found["received_at"],
            "sent_at": version["at"],
            "organization": version["organization"],
            "url": link_of(found),
            "closes_at": editions.submissions_close_at(self._editions.find(edition)),
            "sections": labels.readable(form, contents.to_answers(version), version["language"]),
        }


def _link(found: Draft | Submission) -> JsonObject:
    return {
        "url": link_of(found),
        "receipt": receipt_number(found["edition"], found["number"]) if "number" in found else None,
        "saved_at": found.get("saved_at"),
    }


def link_of(document: Linked) -> str:
    """The address of the mailed link. Browsers send no server what follows #."""
    id, edition = document["_id"], document["edition"]
    return f"page:/consultations/{edition}/submission#{id}.{link_key(id, document.get('link_number', 0))}"


def _late_until(found: Linked) -> datetime | None:
    return found["override"]["expires_at"] if found["override"] else None


def compose(parts: Parts) -> MailCases:
    """The use cases with their collaborators; called once per process."""
    return MailCases(Editions(parts.db), Forms(parts.db), Drafts(parts.db), Submissions(parts.db))
