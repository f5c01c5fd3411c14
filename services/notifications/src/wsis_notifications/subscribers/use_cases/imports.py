"""Imports of a list with evidence of consent. Each batch of rows is one transaction with the position of its last row:
a process that is killed resumes behind it."""

from __future__ import annotations

import tempfile
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from wsis_shared import clock
from wsis_shared import import_states as states
from wsis_shared.context import Context
from wsis_shared.errors import Conflict, Invalid, SuiteError, Unavailable
from wsis_shared.imports.use_cases import FollowedImports
from wsis_shared.json_types import Input
from wsis_shared.mapping.documents import CONFIRMED, PROPOSED, Problem, mapping_of
from wsis_shared.mapping.unread import ReadRow, unread_values
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import inherited, job, rpc
from wsis_shared.tables import TableRefused
from wsis_shared.tables.child import ReaderBusy

from wsis_notifications.addresses.rules.mailable import mailable
from wsis_notifications.addresses.store import Suppressions
from wsis_notifications.addresses.store.keys import address_key
from wsis_notifications.settings import Settings
from wsis_notifications.subscribers.files import FileRow, SubscriberFile
from wsis_notifications.subscribers.rules import imports, subscribers
from wsis_notifications.subscribers.rules.imports import Known, SubscriberImport
from wsis_notifications.subscribers.store.imports import SubscriberImports
from wsis_notifications.subscribers.store.subscribers import Subscribers
from wsis_notifications.subscribers.use_cases import starting

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.run import Finish, Run
    from wsis_shared.jobs.states import Job

BATCH = 500


class Refusal(TypedDict):
    """Why a row is refused, in English."""

    row: int
    field: str
    message: str


class ImportsCases(FollowedImports):
    """Import a file, follow it, read what it refused."""

    texts = "wsis_notifications"

    def __init__(
        self, imports: SubscriberImports, readers: Subscribers, suppressions: Suppressions, settings: Settings
    ) -> None:
        super().__init__(imports)
        self._imports, self._readers, self._suppressions = imports, readers, suppressions
        self._smtputf8 = settings.mail_smtputf8

    @rpc(writes=True)
    def start_subscriber_import(self, ctx: Context, jobs: Jobs, blobs: BlobStore, upload: Input, body: Input) -> Job:
        """Keep the file and start its job, audited. Raises Conflict while another import has not ended."""
        job = starting.enqueue(self._imports, jobs)
        starting.keep(self._imports, imports.new(job["_id"], upload, body, ctx.received_at), blobs, body["reason"])
        return job

    @rpc(writes=True)
    def start_subscriber_import_application(
        self, ctx: Context, jobs: Jobs, blobs: BlobStore, id: str, body: Input
    ) -> Job:
        """Import the file of a dry run, once, audited. Raises NotFound, Conflict where it cannot be, or another import
        has not ended."""
        tried = self._imports.find(id)
        starting.require_file(tried, ctx.received_at)
        if tried.get("mapping_state") == PROPOSED:
            raise Conflict("notifications.import_mapping_unconfirmed", id=id)
        job = starting.enqueue(self._imports, jobs)
        number = tried.get("mapping_number")
        found = imports.again(tried, job["_id"], number, dry_run=False, at=ctx.received_at)
        starting.keep(self._imports, found, blobs, body["reason"])
        self._imports.save("subscriber_imports", {**tried, "application": job["_id"]})
        return job

    @job(transaction=False, attempts=7, clean_up="end_subscriber_import")
    def import_subscribers(self, run: Run, blobs: BlobStore) -> Finish:
        """Read the file from where the import is, to its end. Raises Invalid for a file that is refused, Unavailable
        where it cannot be read now: the job tries again, behind the last row."""
        found = self._imports.find(run.id)
        if found["refusal"]:
            raise Invalid("notifications.import_file_refused", fields={"file": [found["refusal"]]})
        with tempfile.NamedTemporaryFile(prefix="wsis-import-") as copy:
            for chunk in blobs.open(found["blob"]):
                copy.write(chunk)
            copy.flush()
            try:
                stored = self._imports.mapping_of(found)
                file = SubscriberFile(Path(copy.name), imports.read_options(found), stored and mapping_of(stored))
                self._read(run, file, found, stored and stored["number"])
            except TableRefused as refused:
                self._refuse(run.id, str(refused))
                raise Invalid("notifications.import_file_refused", fields={"file": [str(refused)]}) from None
            except ReaderBusy:
                raise Unavailable("notifications.import_busy", retry_after=60) from None
        return run.finish({"id": run.id}, partial(self._end, run.id, states.COMPLETED, blobs))

    list_subscriber_imports = rpc(inherited(FollowedImports.page))
    read_subscriber_import = rpc(inherited(FollowedImports.read))
    list_subscriber_refusals = rpc(inherited(FollowedImports.refusals))
    end_subscriber_import = FollowedImports.clean_up

    # -- the job ------------------------------------------------------------------------------------------------------

    def _read(self, run: Run, file: SubscriberFile, found: SubscriberImport, number: int | None) -> None:
        seen: set[str] = set()  # of a dry run, which stores none: so that it counts as the import will
        for batch in file.batches(BATCH, found["position"]):
            if file.about and file.about["refusal"] and not found["dry_run"]:
                raise TableRefused("mapping_needed", text=file.about["refusal"])
            stored, keys = in_transaction(partial(self._store, run.id, batch, _about(file, number), seen))
            seen |= keys if stored["dry_run"] else set()
            run.report(stored["rows"])
        run.report(self._imports.find(run.id)["rows"], note="")

    def _store(
        self, id: str, batch: Sequence[FileRow], about: Known, seen: set[str]
    ) -> tuple[SubscriberImport, set[str]]:
        """The effects of some rows, with the position of the last one."""
        at, found = clock.now(), self._imports.find(id)
        rows = [row for row in batch if row.number > found["position"]]
        new, counts, refusals = self._decide(id, rows, seen)
        if not found["dry_run"]:
            self._readers.add_many(list(new.values()), at)
        self._imports.add_refusals(id, found["refusals"], [{**each, "at": at} for each in refusals])
        unread = unread_values([_read_row(row) for row in rows])
        news = self._imports.add_values(id, found.get("unread", 0), unread)
        position = rows[-1].number if rows else found["position"]
        changed: SubscriberImport = {
            **found,
            **about,
            **states.add_counts(found, position, counts, len(refusals)),
            "warned": found.get("warned", 0) + sum(bool(row.warnings) and not row.problems for row in rows),
            "unread": found.get("unread", 0) + news,
        }
        return self._imports.save("subscriber_imports", changed), set(new)

    def _decide(
        self, id: str, rows: Sequence[FileRow], seen: set[str]
    ) -> tuple[dict[str, subscribers.Subscriber], Counter[str], list[Refusal]]:
        """New readers by the keys of their addresses, counts of decisions, and refusals."""
        counts: Counter[str] = Counter()
        new: dict[str, subscribers.Subscriber] = {}
        sound, refusals = self._sound(rows)
        counts[imports.REFUSED] = len(rows) - len(sound)
        known, suppressed = self._readers.by_keys(sound), self._suppressions.among(sound)
        for key, (row, email) in sound.items():
            decision, reason = imports.decide(known.get(key), suppressed.get(key))
            if key in seen:
                decision = imports.UNCHANGED
            counts[decision] += 1
            if decision == imports.REFUSED:
                refusals.append(_refusal(row.number, "", reason))
            elif decision == imports.CREATED:
                consent = imports.consent_of(row.values, id)
                new[key] = subscribers.new(_id_of(id, key), key, email, row.values, consent, clock.now())
        return new, counts, sorted(refusals, key=lambda each: each["row"])

    def _sound(self, rows: Iterable[FileRow]) -> tuple[dict[str, tuple[FileRow, str]], list[Refusal]]:
        """Rows with an address that takes mail, by its key, and refusals. A second row of an address is refused in the
        same batch; in a later one it is unchanged, as the address is known then."""
        sound: dict[str, tuple[FileRow, str]] = {}
        refusals: list[Refusal] = []
        for row in rows:
            problems: list[Problem] = list(row.problems)
            if not problems:
                try:
                    email = mailable(row.values["email"], smtputf8=self._smtputf8)
                    key = address_key(email)
                except SuiteError as error:
                    problems = [("email", error.fields["email"][0], None)]
                else:
                    if row.values["consent_at"] > clock.now():
                        problems = [("consent_at", imports.CONSENT_LATER, None)]
                    elif key in sound:
                        problems = [("email", imports.REPEATED.format(row=sound[key][0].number), None)]
                    else:
                        sound[key] = (row, email)
            refusals += [_refusal(row.number, field, text) for field, text, _ in problems]
        return sound, refusals

    def _end(self, id: str, state: str, blobs: BlobStore) -> None:
        found = self._imports.find(id)
        if found["state"] not in states.LIVE:
            return
        ended: SubscriberImport = {**found, **states.end(state, clock.now())}
        if state == states.COMPLETED and found["dry_run"]:
            ended["file_until"] = clock.now() + states.FILE_KEPT
        self._imports.save("subscriber_imports", ended)
        blobs.release(found["blob"], ended.get("file_until") or clock.now())


def _about(file: SubscriberFile, number: int | None) -> Known:
    """What is known of a file, as its import keeps it."""
    if file.about is None:
        return {"unknown_columns": file.unknown_columns}
    return {
        "unknown_columns": file.unknown_columns,
        "reading": file.about["reading"],
        "mapping": file.about["mapping"],
        "mapping_state": file.about["mapping_state"],
        "mapping_number": number if file.about["mapping_state"] == CONFIRMED else None,
        "examples": file.about["examples"],
        "unsure_dates": file.about["unsure_dates"],
    }


def _read_row(row: FileRow) -> ReadRow:
    """What a row says of codes and days, and nothing of persons."""
    problems = [each for each in row.problems if each[2] is not None]
    return {"row": row.number, "warnings": row.warnings, "problems": problems}


def _id_of(id: str, key: str) -> str:
    """The reader of an address in an import: the same when a batch runs again."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{id}|{key}").hex


def _refusal(row: int, field: str, message: str) -> Refusal:
    return {"row": row, "field": field, "message": message}
