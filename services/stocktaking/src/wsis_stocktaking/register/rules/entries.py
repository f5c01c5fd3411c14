"""The life of an entry: its draft beside what is public, review, the end of its publication.

The public reads the last content that was approved. Whoever changes an entry writes a draft beside it; a draft that was
submitted waits for an officer and does not change meanwhile.
"""

from __future__ import annotations

from datetime import datetime
from typing import NotRequired, TypedDict

from wsis_shared.errors import Conflict, Invalid

from wsis_stocktaking.register.rules.contents import Content

UNPUBLISHED, PUBLIC, WITHDRAWN, MERGED = VISIBILITIES = ("unpublished", "public", "withdrawn", "merged")
DRAFT, SUBMITTED, RETURNED = STATES = ("draft", "submitted", "returned")
APPROVE, RETURN, WITHDRAW = DECISIONS = ("approve", "return", "withdraw")

# Where an entry comes from. A revision may also be of an officer, or a confirmation.
SUBMISSION, IMPORT, PRIZES = SOURCES = ("submission", "import", "prizes")
OFFICER = "officer"
CONFIRMATION = "confirmation"  # of a revision that says the same again
MAX_DRAFTS = 50  # of one account


class Prize(TypedDict):
    """What the WSIS Prizes made of the project."""

    edition: str
    category: str
    status: str


Proposed = TypedDict("Proposed", {"import": NotRequired[str], "import_source": NotRequired[str | None]})
"""By which import a draft is proposed to its owner, and of which register."""


class Consent(TypedDict):
    """Who submitted agreed to the licence at this address, at this moment."""

    licence: str
    at: datetime


class Draft(Proposed):
    """What its owner writes beside what is public. `based_on` is the revision that was public then, `consent` that of
    its last submission."""

    content: Content
    state: str
    reason: str | None
    based_on: int
    consent: NotRequired[Consent | None]


class Imported(TypedDict):
    """What an import knows of the entry: the row that it wrote as `revision`, the one that it proposed to the owner."""

    digest: str
    revision: int
    proposed: NotRequired[str]
    reversed: NotRequired[bool]


class PublicEntry(TypedDict):
    """What the public may read of an entry. `content` is None before the first publication, and what comes with one is
    missing. `last_updated_at` is when the organization last said it (None: nobody knows), `by_secretariat` are the
    languages into which the secretariat has translated it."""

    _id: str
    content: Content | None
    prize: Prize | None
    revision: int
    sequence: NotRequired[int]
    published_at: NotRequired[datetime]
    revised_at: NotRequired[datetime]
    last_updated_at: NotRequired[datetime | None]
    by_secretariat: NotRequired[list[str]]


class Entry(PublicEntry):
    """`consent` is that of the last submission that was approved under a licence.

    `source` is one of SOURCES, `confirmations` how many of its revisions say the same again, `lines` each line it
    was ever public under, `owned_at` since when it has its owner, `submitted_at` that of a draft that waits for
    review."""

    owner: str | None
    owned_at: NotRequired[datetime]
    source: str
    visibility: str
    draft: Draft | None
    lines: list[str]
    changed_at: datetime
    submitted_at: NotRequired[datetime | None]
    merged_into: NotRequired[str | None]
    project: NotRequired[str | None]
    confirmations: NotRequired[int]
    consent: NotRequired[Consent]
    import_key: NotRequired[str]
    import_source: NotRequired[str | None]
    imported: NotRequired[Imported]
    version: NotRequired[int]
    updated_at: NotRequired[datetime]


class Revision(TypedDict):
    """What an entry said from one sequence to another: `until`, at `published_to`. `source` may be OFFICER, `by` is the
    account that wrote it. One of a former version has no `last_updated_at`."""

    _id: str
    entry: str
    number: int
    content: Content
    prize: Prize | None
    source: str
    published_from: datetime
    published_to: NotRequired[datetime | None]
    sequence: int
    until: NotRequired[int]
    last_updated_at: NotRequired[datetime | None]
    by_secretariat: NotRequired[list[str]]
    by: NotRequired[str | None]


def content_of(entry: PublicEntry) -> Content:
    """What is public. Raises LookupError where nothing ever was."""
    if entry["content"] is None:
        raise LookupError(entry["_id"])
    return entry["content"]


def draft_of(entry: Entry) -> Draft:
    """The draft. Raises LookupError where there is none."""
    if entry["draft"] is None:
        raise LookupError(entry["_id"])
    return entry["draft"]


def title_of(content: Content | None) -> str:
    """The title in the original language, else in any; "" where a draft has none."""
    titles = content.get("title") if content else None
    if not content or not titles:
        return ""
    return titles.get(content.get("original_language", "")) or next(iter(titles.values()))


def state_of(entry: Entry) -> str | None:
    """The state of its draft; None without one."""
    draft = entry.get("draft")
    return str(draft["state"]) if draft else None


def require_version(entry: Entry, version: int) -> None:
    """Raise Conflict where the entry is not as it was read."""
    if entry["version"] != version:
        raise Conflict("stocktaking.entry_changed")


def require_public(entry: Entry) -> None:
    """Raise Conflict where there is nothing public to change."""
    if entry["visibility"] != PUBLIC:
        raise Conflict("stocktaking.entry_not_public", entry=entry["_id"])


def changes_said(entry: Entry) -> int:
    """How many revisions said something new: all but the confirmations."""
    return entry["revision"] - entry.get("confirmations", 0)


def edit(entry: Entry, content: Content, at: datetime) -> Entry:
    """The entry with this draft. One that was returned keeps the reason until it is submitted again. Raises Conflict
    where it waits for review, or was merged."""
    _require_editable(entry)
    draft, former = _draft(entry, content), entry["draft"]
    if former:
        draft |= {"state": former["state"], "reason": former["reason"], "based_on": former["based_on"]}
    return {**entry, "draft": draft, "submitted_at": None, "changed_at": at}


def propose(entry: Entry, content: Content, import_: str, source: str | None, at: datetime) -> Entry:
    """The entry with a draft that an import of a source proposes to its owner, who submits, changes or discards it."""
    draft: Draft = {**_draft(entry, content), "import": import_, "import_source": source}
    return {**entry, "draft": draft, "submitted_at": None, "changed_at": at}


def is_untouched_proposal(entry: Entry) -> bool:
    """Has an import proposed its draft, and the owner neither changed nor submitted it?"""
    draft = entry["draft"]
    return bool(draft and draft.get("import") and draft["state"] == DRAFT)


def _draft(entry: Entry, content: Content) -> Draft:
    return {"content": content, "state": DRAFT, "reason": None, "based_on": entry["revision"]}


def require_consent(agreed: str | None, licence: str) -> None:
    """Raise Invalid where a licence is set, and another one or none was agreed to."""
    if licence and agreed != licence:
        raise Invalid("stocktaking.consent_needed", fields={"licence": ["Agree to the licence."]})


def submit(entry: Entry, at: datetime, licence: str = "") -> Entry:
    """The entry with its draft waiting for review, under this licence ("": none). Raises Conflict where there is no
    draft, or it waits already."""
    _require_editable(entry)
    if not entry["draft"]:
        raise Conflict("stocktaking.draft_missing", entry=entry["_id"])
    consent: Consent | None = {"licence": licence, "at": at} if licence else None
    draft: Draft = {**entry["draft"], "state": SUBMITTED, "reason": None, "consent": consent}
    return {**entry, "draft": draft, "submitted_at": at, "changed_at": at}


def with_consent(entry: Entry, draft: Draft) -> Entry:
    """The entry as a draft is approved: what its owner agreed to before stands where no licence was set this time."""
    consent = draft.get("consent")
    return {**entry, "consent": consent} if consent else entry


def take_back(entry: Entry, at: datetime) -> Entry:
    """The entry with its draft out of the queue. Raises Conflict where it does not wait."""
    require_submitted(entry)
    return {**entry, "draft": {**draft_of(entry), "state": DRAFT}, "submitted_at": None, "changed_at": at}


def send_back(entry: Entry, reason: str, at: datetime) -> Entry:
    """The entry with its draft returned to the owner. Raises Conflict where it does not wait."""
    require_submitted(entry)
    draft: Draft = {**draft_of(entry), "state": RETURNED, "reason": reason}
    return {**entry, "draft": draft, "submitted_at": None, "changed_at": at}


def leaves(entry: Entry, account: str | None) -> bool:
    """Whether it has an owner, and goes to somebody else, or to nobody."""
    return entry["owner"] not in (None, account)


def assigned(entry: Entry, account: str | None, at: datetime) -> Entry:
    """The entry with this owner. What a former owner has written and not submitted goes to nobody else. Raises Conflict
    where there is nothing but that."""
    changed: Entry = {**entry, "owner": account, "owned_at": at, "changed_at": at}
    if not leaves(entry, account) or state_of(entry) == SUBMITTED or is_untouched_proposal(entry):
        return changed
    if entry["visibility"] == UNPUBLISHED:
        require_submitted(entry)
    return drop_draft(changed, at)


def drop_draft(entry: Entry, at: datetime) -> Entry:
    """The entry as the public reads it."""
    return {**entry, "draft": None, "submitted_at": None, "changed_at": at}


def require_submitted(entry: Entry) -> None:
    """Raise Conflict where no draft waits for review."""
    if state_of(entry) != SUBMITTED:
        raise Conflict("stocktaking.not_submitted", entry=entry["_id"])


def require_mergeable(entry: Entry, into: Entry) -> None:
    """Raise Conflict where the first cannot become a part of the second: both are the same, the second is not public,
    or the first is neither public nor waiting for review."""
    if entry["_id"] == into["_id"]:
        raise Conflict("stocktaking.same_entry")
    require_public(into)
    if entry["visibility"] == MERGED:
        raise Conflict("stocktaking.entry_merged", merged_into=entry["merged_into"])
    if entry["visibility"] != PUBLIC:
        require_submitted(entry)


def takes_contact(entry: Entry, into: Entry) -> bool:
    """Whether the survivor of a merge takes the contact of the merged entry: not where somebody else owns it, who would
    see it."""
    return into["owner"] in (None, entry["owner"])


def _require_editable(entry: Entry) -> None:
    if entry["visibility"] == MERGED:
        raise Conflict("stocktaking.entry_merged", merged_into=entry["merged_into"])
    if state_of(entry) == SUBMITTED:
        raise Conflict("stocktaking.draft_submitted")
