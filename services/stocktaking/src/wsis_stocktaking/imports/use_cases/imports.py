"""Use cases of imports of an existing register.

A file is read by a child process and stored in batches, each in one transaction with the position of its last row: a
process that is killed resumes behind it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from wsis_shared import clock, messages
from wsis_shared import import_states as states
from wsis_shared.context import Context
from wsis_shared.errors import Conflict, Invalid
from wsis_shared.events import PendingEvent
from wsis_shared.imports.use_cases import ImportCases
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.mapping.documents import CONFIRMED, PROPOSED, Problem, StoredMapping, mapping_of
from wsis_shared.mapping.unread import UnreadValue, unread_values
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import inherited, job, rpc
from wsis_shared.parts import Parts

from wsis_stocktaking.duplicates.use_cases import Finder
from wsis_stocktaking.imports import events
from wsis_stocktaking.imports.reading import About, columns, refused
from wsis_stocktaking.imports.reading.child import Reader
from wsis_stocktaking.imports.rules import imports as rules
from wsis_stocktaking.imports.rules.imports import Change, Outcome, RegisterImport, RowContact
from wsis_stocktaking.imports.rules.likely import LikelyDuplicate
from wsis_stocktaking.imports.rules.likely_limits import MAX_LISTED as MAX_LIKELY
from wsis_stocktaking.imports.rules.mapping.choices import CHOICES
from wsis_stocktaking.imports.store import Imports, RefusedRow
from wsis_stocktaking.imports.use_cases.comparing import Comparison
from wsis_stocktaking.register.rules import contents, entries
from wsis_stocktaking.register.rules.entries import Entry
from wsis_stocktaking.register.store.register import Publication, Register
from wsis_stocktaking.search import index
from wsis_stocktaking.settings import Settings

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.run import Run
    from wsis_shared.jobs.states import Job

FILE_KEPT_FOR_OTHERS = timedelta(days=7)  # after the dry run
MAX_LISTED = 10_000  # changes of a dry run that are kept to be read


@dataclass
class _Effects:
    """What a batch of rows does."""

    counts: Counter[str] = field(default_factory=Counter)
    refusals: list[JsonObject] = field(default_factory=list)
    refused_rows: list[RefusedRow] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    values: list[UnreadValue] = field(default_factory=list)
    sequences: list[int] = field(default_factory=list)
    created: list[int] = field(default_factory=list)
    unsourced: int = 0

    def refuse(self, row: Outcome, problems: Sequence[Problem], cells: Mapping[str, str]) -> None:
        """The row has no effect; it is kept as it came, to be corrected."""
        about = {"row": row["row"], "key": row["key"]}
        self.counts[rules.REFUSED] += 1
        self.refusals += [{**about, "field": name, "message": text, "value": value} for name, text, value in problems]
        self.refused_rows.append(
            {
                "row": row["row"],
                "key": row["key"],
                "cells": list(cells.items()),
                "problems": problems,
                "email": cells.get(columns.EMAIL),
                "at": clock.now(),
            }
        )


class ImportsCases(ImportCases[RegisterImport]):
    """Import a file, follow it, read what it refused, and say what its columns and values are."""

    texts = "wsis_stocktaking"
    fields = CHOICES
    kind = "import_entries"
    started, confirmed = "stocktaking.import_started", "stocktaking.import_mapping_confirmed"
    repeated = ("source", "adopt_unsourced")

    def __init__(self, imports: Imports, register: Register, finder: Finder, *, needs_other: bool = False) -> None:
        super().__init__(imports)
        self._imports: Imports = imports
        self._finder = finder
        self._needs_other = needs_other
        self._register = register

    @rpc(writes=True)
    def start_import(self, ctx: Context, jobs: Jobs, blobs: BlobStore, upload: Input, body: Input) -> Job:
        """Keep the file and start its job. Raises Conflict while another import has not ended."""
        if not body.get("source"):  # a gateway of before sources sends none
            raise Invalid("stocktaking.import_source_needed", fields={"source": ["Missing data for required field."]})
        if self._needs_other and not body["dry_run"]:
            raise Conflict("stocktaking.import_dry_run_needed")
        return self.start(ctx, jobs, blobs, upload, body)

    start_import_application = rpc(writes=True)(inherited(ImportCases.apply))
    start_import_mapping = rpc(writes=True)(inherited(ImportCases.confirm_mapping))
    import_entries = job(transaction=False, attempts=7, clean_up="end_import")(inherited(ImportCases.read_file))
    end_import = ImportCases.clean_up
    list_imports = rpc(inherited(ImportCases.page))
    list_import_refusals = rpc(inherited(ImportCases.refusals))
    read_import_mapping = rpc(inherited(ImportCases.read_mapping))
    list_import_values = rpc(inherited(ImportCases.values))
    list_import_mappings = rpc(inherited(ImportCases.mappings))
    read_source_mapping = rpc(inherited(ImportCases.source_mapping))

    @rpc
    def list_refused_rows(self, ctx: Context, id: str, limit: int, after: str | None = None) -> JsonObject:
        """The refused rows as they came, with the reasons in the reader's language. Raises NotFound."""
        self._imports.find(id)
        texts = messages.of_package(self.texts)

        def reason(row: RefusedRow, name: str, text: str, value: object) -> str:
            said = texts.translate(text, ctx.locale).text
            return f"#{row['row']} {name}: {said}" + (f" ({value})" if value else "")

        return self._imports.refused(id, after, limit).response(
            lambda row: {
                "row": row["row"],
                "reasons": [reason(row, *problem) for problem in row["problems"]],
                **columns.nested(dict(row["cells"])),
            }
        )

    @rpc
    def list_import_changes(self, id: str, limit: int, after: str | None = None) -> JsonObject:
        """What the rows changed, or would change, with before and after. Raises NotFound."""
        self._imports.find(id)
        return self._imports.changes(id, after, limit).response()

    @rpc
    def read_import(self, ctx: Context, id: str) -> JsonObject:
        """An import, and whether the reader would have to leave it to another officer. Raises NotFound."""
        found = self.read(ctx, id)
        return {**found, "second_officer": self._needs_other and found["by"] == ctx.actor.id}

    def _new(self, id: str, upload: Input, body: Input, *, by: str | None, at: datetime) -> RegisterImport:
        return rules.new(id, upload, body, by=by, at=at)

    def _facts(self, found: RegisterImport) -> JsonObject:
        names = ("filename", "sha256", "dry_run", "source", "adopt_unsourced")
        return {**{name: found.get(name) for name in names}, "mapping": found.get("mapping_number")}

    def _mapping_facts(self, stored: StoredMapping) -> JsonObject:
        return {"columns": [dict(each) for each in stored["columns"]], "values": len(stored["values"])}

    def _require_may_apply(self, ctx: Context, tried: RegisterImport) -> None:
        if self._needs_other and tried["by"] == ctx.actor.id:
            raise Conflict("stocktaking.import_second_officer_needed", id=tried["_id"])

    def _file_kept(self) -> timedelta:
        return FILE_KEPT_FOR_OTHERS if self._needs_other else states.FILE_KEPT

    def _events(self, ended: RegisterImport) -> Sequence[PendingEvent]:
        return [events.imported(ended)] if rules.has_changed_the_register(ended) else []

    def _conclude(self, ended: RegisterImport) -> None:
        if ended["state"] != states.COMPLETED or ended["dry_run"]:
            return
        self._imports.forget_uncorrected(ended.get("source"))
        if ended.get("refused_rows"):
            ended["uncorrected_since"] = clock.now()

    # -- the job ------------------------------------------------------------------------------------------------------

    def _read(self, run: Run, path: Path, found: RegisterImport) -> None:
        stored = self._imports.mapping_of(found)
        mapping = mapping_of(stored) if stored else None
        options = states.read_options(found)
        comparison = Comparison(self._finder) if found["dry_run"] else None
        with Reader(path, options, found["position"], found.get("source"), mapping) as reader:
            for batch in reader.batches():
                if reader.about.get("mapping_state") == PROPOSED and not found["dry_run"]:
                    raise refused("mapping_needed")
                about: About = {**reader.about}
                if about.get("mapping_state") == CONFIRMED:
                    about["mapping_number"] = stored and stored["number"]
                likely = comparison.of(batch) if comparison else {}
                run.report(in_transaction(partial(self._store, run.id, batch, about, likely))["rows"], note="")

    def _store(
        self, id: str, batch: Sequence[Outcome], about: About, likely: Mapping[int, LikelyDuplicate]
    ) -> RegisterImport:
        """The effects of some rows, with the position of the last one."""
        found = self._imports.find(id)
        rows = [row for row in batch if row["row"] > found["position"]]
        if not rows and found.items() >= about.items():
            return found
        effects = self._apply({**found, **about}, rows)
        duplicates = [likely[number] for number in effects.created if number in likely]
        self._imports.add_rows("refusals", id, found["refusals"], effects.refusals)
        self._imports.add_rows("refused_rows", id, found.get("refused_rows", 0), effects.refused_rows)
        self._imports.add_rows("import_changes", id, found.get("changes", 0), effects.changes)
        news = self._imports.add_values(id, found.get("unread", 0), effects.values)
        position = rows[-1]["row"] if rows else found["position"]
        known: RegisterImport = {**found, **about}
        changed: RegisterImport = {
            **rules.add_counts(known, position, effects.counts, len(effects.refusals), effects.sequences),
            "refused_rows": found.get("refused_rows", 0) + len(effects.refused_rows),
            "changes": found.get("changes", 0) + len(effects.changes),
            "unsourced": found.get("unsourced", 0) + effects.unsourced,
            "warned": found.get("warned", 0) + sum("warnings" in row and "content" in row for row in rows),
            "unread": found.get("unread", 0) + news,
            "likely": found.get("likely", 0) + len(duplicates),
            "duplicates": [*found.get("duplicates", ()), *duplicates][:MAX_LIKELY],
        }
        if not changed["sample"]:
            changed["sample"] = rules.sample_of(rows)
        return self._imports.save("imports", changed)

    def _apply(self, found: RegisterImport, rows: Sequence[Outcome]) -> _Effects:
        """What the rows do; nothing in a dry run."""
        effects = _Effects()
        if found.get("mapping_state"):
            effects.values = unread_values(rows)
        sound = [row for row in rows if "content" in row]
        formers = [former for row in sound if (former := rules.former_id(row))]
        stored = self._imports.entries([*(row["entry"] for row in sound), *formers])
        wanted: dict[str, tuple[str, Outcome]] = {}
        for row in rows:
            if "content" not in row:
                effects.refuse(row, row["problems"], row["cells"])
                continue
            id = rules.target(stored, row, found)
            decision, reason = rules.decide(stored.get(id), row, found)
            if reason:
                effects.refuse(row, [("", reason, None)], columns.cells_of(_as_item(row)))
                continue
            effects.counts[decision] += 1
            effects.created += [row["row"]] if decision == rules.CREATED else []
            if id == row["entry"] and rules.is_unsourced(stored.get(rules.former_id(row) or "")):
                effects.unsourced += 1
            if decision != rules.UNCHANGED:
                wanted[id] = decision, row
        self._change(found, wanted, self._imports.whole_entries([id for id in wanted if id in stored]), effects)
        if not found["dry_run"] and found.get("adopt_unsourced"):
            targets = {rules.target(stored, row, found) for row in sound}
            adopted = [id for id in targets - wanted.keys() if rules.is_unsourced(stored.get(id))]
            self._imports.adopt(adopted, found["source"])
        return effects

    def _change(
        self,
        found: RegisterImport,
        wanted: Mapping[str, tuple[str, Outcome]],
        stored: Mapping[str, Entry],
        effects: _Effects,
    ) -> None:
        """Publish and propose, or in a dry run only list what entries would become."""
        now = clock.now()
        changes = {id: _change_of(id, decision, row, stored.get(id)) for id, (decision, row) in wanted.items()}
        if found["dry_run"]:
            room = MAX_LISTED - found.get("changes", 0)
            effects.changes += [change for change in changes.values() if change["differences"]][: max(0, room)]
            return
        publications: list[Publication] = []
        contacts: dict[str, RowContact] = {}
        written: dict[str, Entry] = {}
        for id, (decision, row) in wanted.items():
            entry = stored.get(id) or self._register.new_entry(id, entries.IMPORT, None, now)
            known: Entry = {**entry, "import_key": row["key"], "import_source": found.get("source")}
            if decision == rules.PROPOSED:
                known["imported"] = {**entry["imported"], "proposed": row["digest"]}
                written[id] = self._register.save(
                    "entries", entries.propose(known, row["content"], found["_id"], found["source"], now)
                )
                continue
            known["imported"] = {"digest": row["digest"], "revision": entry["revision"] + 1}
            publications.append(
                Publication(
                    known,
                    row["content"],
                    entry["prize"],
                    found["by"],
                    source=entries.IMPORT,
                    last_updated_at=rules.updated_at(row, now),
                )
            )
            if row["contact"] and entry["owner"] is None:
                contacts[id] = row["contact"]
        self._imports.set_contacts(contacts)
        published = self._register.publish(publications, now)
        written |= {entry["_id"]: entry for entry in published}
        effects.sequences = [entry["sequence"] for entry in published]
        effects.changes += [
            {**change, "version": written[id]["version"], "revision": written[id]["revision"], "reversal": None}
            for id, change in changes.items()
        ]


def _change_of(id: str, decision: str, row: Outcome, entry: Entry | None) -> Change:
    """What a row makes of an entry, and what is needed to undo it."""
    change: Change = {
        "row": row["row"],
        "key": row["key"],
        "entry": id,
        "decision": decision,
        "differences": [],
        "former": None,
    }
    if entry is None or decision == rules.CREATED:
        return change
    old, new = entry["last_updated_at"], rules.updated_at(row, clock.now())
    dates: list[contents.Difference] = [
        {"field": columns.UPDATED, "before": old and clock.iso(old), "after": new and clock.iso(new)}
    ]
    differences = contents.differences(entries.content_of(entry), row["content"]) + (dates if old != new else [])
    former: rules.Former = {"digest": entry["imported"]["digest"], "last_updated_at": old}
    return {**change, "differences": differences, "former": former}


def _as_item(row: Outcome) -> JsonObject:
    """A sound row as an item of a JSON file."""
    key = columns.ENTRY if row["key"] == row["entry"] else columns.IMPORT_KEY
    return {key: row["key"], **row["content"], columns.CONTACT: row["contact"], columns.UPDATED: row["last_updated_at"]}


def compose(parts: Parts) -> ImportsCases:
    """The use cases with their collaborators; called once per process."""
    needs_other = Settings.current().stocktaking_import_second_officer
    register = Register(parts.db)
    finder = Finder(index.of_process(register))
    return ImportsCases(Imports(parts.db), register, finder, needs_other=needs_other)
