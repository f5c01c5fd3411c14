"""Imports of a list with evidence of consent. Each batch of rows is one transaction with the position of its last row:
a process that is killed resumes behind it."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from wsis_shared import clock
from wsis_shared import import_states as states
from wsis_shared.errors import SuiteError
from wsis_shared.import_states import Import
from wsis_shared.imports.use_cases import ImportCases
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.mapping.documents import CONFIRMED, Problem, StoredMapping, mapping_of
from wsis_shared.mapping.unread import ReadRow, unread_values
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import inherited, job, rpc
from wsis_shared.tables import TableRefused

from wsis_notifications.addresses.rules.mailable import mailable
from wsis_notifications.addresses.store import Suppressions
from wsis_notifications.addresses.store.keys import address_key
from wsis_notifications.settings import Settings
from wsis_notifications.subscribers.files import FileRow, SubscriberFile
from wsis_notifications.subscribers.rules import imports, subscribers
from wsis_notifications.subscribers.rules.imports import Known
from wsis_notifications.subscribers.rules.mapping.choices import CHOICES
from wsis_notifications.subscribers.store.imports import SubscriberImports
from wsis_notifications.subscribers.store.subscribers import Subscribers

if TYPE_CHECKING:
    from wsis_shared.jobs.run import Run

BATCH = 500


class Refusal(TypedDict):
    """Why a row is refused, in English."""

    row: int
    field: str
    message: str


class ImportsCases(ImportCases[Import]):
    """Import a file, follow it, read what it refused, and say what its columns and values are."""

    texts = "wsis_notifications"
    fields = CHOICES
    kind, noun, mapping_noun = "import_subscribers", "subscriber_import", "subscriber_mapping"
    started, confirmed = "notifications.subscribers_imported", "notifications.subscriber_mapping_confirmed"

    def __init__(
        self, imports: SubscriberImports, readers: Subscribers, suppressions: Suppressions, settings: Settings
    ) -> None:
        super().__init__(imports)
        self._readers, self._suppressions = readers, suppressions
        self._smtputf8 = settings.mail_smtputf8

    start_subscriber_import = rpc(writes=True)(inherited(ImportCases.start))
    start_subscriber_import_application = rpc(writes=True)(inherited(ImportCases.apply))
    start_subscriber_import_mapping = rpc(writes=True)(inherited(ImportCases.confirm_mapping))
    import_subscribers = job(transaction=False, attempts=7, clean_up="end_subscriber_import")(
        inherited(ImportCases.read_file)
    )
    end_subscriber_import = ImportCases.clean_up
    list_subscriber_imports = rpc(inherited(ImportCases.page))
    read_subscriber_import = rpc(inherited(ImportCases.read))
    list_subscriber_refusals = rpc(inherited(ImportCases.refusals))
    read_subscriber_import_mapping = rpc(inherited(ImportCases.read_mapping))
    list_subscriber_import_values = rpc(inherited(ImportCases.values))
    list_subscriber_import_mappings = rpc(inherited(ImportCases.mappings))
    read_subscriber_source_mapping = rpc(inherited(ImportCases.source_mapping))

    def _new(self, id: str, upload: Input, body: Input, *, by: str | None, at: datetime) -> Import:
        return imports.new(id, upload, body, at)

    def _facts(self, found: Import) -> JsonObject:
        facts = {name: found.get(name) for name in ("sha256", "dry_run", "source")}
        return {**facts, "mapping": found.get("mapping_number")}

    def _mapping_facts(self, stored: StoredMapping) -> JsonObject:
        return {"columns": [dict(each) for each in stored["columns"]], "constants": stored["constants"]}

    # -- the job ------------------------------------------------------------------------------------------------------

    def _read(self, run: Run, path: Path, found: Import) -> None:
        mapping = self._imports.mapping_of(found)
        file = SubscriberFile(path, states.read_options(found), mapping and mapping_of(mapping))
        number = mapping and mapping["number"]
        seen: set[str] = set()  # of a dry run, which stores none: so that it counts as the import will
        for batch in file.batches(BATCH, found["position"]):
            if file.about and file.about["refusal"] and not found["dry_run"]:
                raise TableRefused("mapping_needed", text=file.about["refusal"])
            stored, keys = in_transaction(partial(self._store, run.id, batch, _about(file, number), seen))
            seen |= keys if stored["dry_run"] else set()
            run.report(stored["rows"])
        run.report(self._imports.find(run.id)["rows"], note="")

    def _store(self, id: str, batch: Sequence[FileRow], about: Known, seen: set[str]) -> tuple[Import, set[str]]:
        """The effects of some rows, with the position of the last one."""
        at, found = clock.now(), self._imports.find(id)
        rows = [row for row in batch if row.number > found["position"]]
        new, counts, refusals = self._decide(id, rows, seen)
        if not found["dry_run"]:
            self._readers.add_many(list(new.values()), at)
        refused = [{**each, "at": at} for each in refusals]
        self._imports.add_rows("subscriber_refusals", id, found["refusals"], refused)
        unread = unread_values([_read_row(row) for row in rows])
        news = self._imports.add_values(id, found.get("unread", 0), unread)
        position = rows[-1].number if rows else found["position"]
        changed: Import = {
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
