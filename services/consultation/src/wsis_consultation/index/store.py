"""Repository of the index of submissions.

The index is a collection of blocks, each with the rows of 100 submissions of an edition, so that any filter and all
counts need one short read. It is written in the transaction of the submission. A process keeps the blocks that it has
read: their versions, which are documents of their own since a store reads documents whole, say whether they are still
true.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import TypedDict

from pymongo import UpdateOne
from wsis_shared import keyset
from wsis_shared.collection_specs import CollectionSpec, index
from wsis_shared.json_types import Input
from wsis_shared.mongo import Repository
from wsis_shared.mongo_connection import Database

from wsis_consultation.index import rules

COLLECTIONS = (
    CollectionSpec("submission_index"),
    CollectionSpec("submission_index_versions", indexes=(index("edition", "edition"),)),
)
BLOCK = 100  # submissions
_CONTACT = dict.fromkeys(("number", "contact", "organization", "language"), 1)


class Block(TypedDict):
    """The rows of some submissions, by number as text."""

    _id: str
    rows: dict[str, rules.Row]


class BlockVersion(TypedDict):
    """How often a block was written."""

    _id: str
    edition: str
    version: int


class Person(TypedDict):
    """Who wrote a submission."""

    full_name: str
    email: str
    telephone: str | None
    locale: str


class ContactOf(TypedDict):
    """Whom to write to about a submission."""

    _id: str
    number: int
    contact: Person | None
    organization: str
    language: str


class SubmissionIndex(Repository):
    """Rows of all submissions by edition."""

    def __init__(self, db: Database) -> None:
        super().__init__(db)
        self._known: dict[str, tuple[int, list[rules.Row]]] = {}  # block -> version, rows by number

    def put(self, *submissions: Input) -> None:
        """Write the rows of submissions that are new or have changed. Joins the open transaction; idempotent."""
        blocks: dict[str, dict[str, rules.Row]] = {}
        editions: dict[str, str] = {}
        for submission in submissions:
            block = f"{submission['edition']}-{submission['number'] // BLOCK}"
            blocks.setdefault(block, {})[f"rows.{submission['number']}"] = rules.from_submission(submission)
            editions[block] = submission["edition"]
        # Blocks before their versions: whoever reads in between reads the block once more.
        self._update("submission_index", {block: {"$set": changes} for block, changes in blocks.items()})
        self._update(
            "submission_index_versions",
            {block: {"$set": {"edition": edition}, "$inc": {"version": 1}} for block, edition in editions.items()},
        )

    def _update(self, collection: str, updates: Mapping[str, Mapping[str, object]]) -> None:
        writes = [UpdateOne({"_id": id}, update, upsert=True) for id, update in updates.items()]
        if writes:
            self.collection(collection).bulk_write(writes)

    def of(self, edition: str) -> list[rules.Row]:
        """All rows by number, withdrawn submissions included. Not to be changed: other readers have the same."""
        versions = self.collection("submission_index_versions", BlockVersion).find({"edition": edition}, {"version": 1})
        current = {each["_id"]: each["version"] for each in versions}
        found = {block: known[1] for block, known in self._known.items() if known[0] == current.get(block)}
        for block in self.collection("submission_index", Block).named(current.keys() - found.keys()):
            found[block["_id"]] = sorted(block["rows"].values(), key=lambda row: row["number"])
            self._known[block["_id"]] = current[block["_id"]], found[block["_id"]]
        return sorted(chain.from_iterable(found.values()), key=lambda row: row["number"])

    def contacts(self, edition: str, after: str | None, limit: int) -> keyset.Page[ContactOf]:
        """Whom to write to about each submission that was not withdrawn, by number, a page."""
        return keyset.find_page(
            self.collection("submissions", ContactOf),
            {"edition": edition, "state": rules.RECEIVED},
            ("number",),
            after,
            limit,
            projection=_CONTACT,
        )
