"""What other systems read: changes since a sequence, entries and the catalogue as linked data, snapshots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypedDict

from wsis_shared import audit, clock
from wsis_shared.context import Context
from wsis_shared.errors import Invalid, NotFound
from wsis_shared.json_types import JsonObject
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import every, job, rpc
from wsis_shared.parts import Parts
from wsis_shared.settings import Suite

from wsis_stocktaking.exchange import rules, snapshots
from wsis_stocktaking.exchange.events import taken
from wsis_stocktaking.exchange.linked_data import catalogue_document, entry_document
from wsis_stocktaking.exchange.linked_data.conditions import terms_of_use
from wsis_stocktaking.exchange.store import Exchange, as_row, pages_at
from wsis_stocktaking.register.rules.cards import Card, card
from wsis_stocktaking.register.store.register import Register

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.run import Finish, Next, Run
    from wsis_shared.jobs.states import Job


# A publication takes its moment when its request begins, and its sequence when it commits: of two at the same time the
# moments may stand in the other order. So a reader who begins at a moment begins a little before.
MARGIN = timedelta(minutes=1)


class ReadingCases:
    """What everybody may read. `public_url` is the address of the suite."""

    def __init__(self, register: Register, exchange: Exchange, public_url: str) -> None:
        self._register, self._exchange, self._public_url = register, exchange, public_url

    @rpc
    def list_entry_changes(
        self,
        after: int | None = None,
        since: datetime | None = None,
        action_line: Sequence[str] | None = None,
        limit: int = 50,
    ) -> JsonObject:
        """At most `limit` changes. Raises Invalid with the field `since`."""
        if after is not None and since is not None:
            raise Invalid("stocktaking.changes_begin_twice", fields={"since": ["Not together with after."]})
        start = after if after is not None else self._sequence_before(since) if since else 0
        head, lines = self._register.head(), action_line or []
        found = self._exchange.changes(start, head, lines, limit + 1)
        items = [rules.change(entry, lines) for entry in found[:limit]]
        position = items[-1]["sequence"] if items else None
        more = len(found) > limit
        return {
            "items": items,
            "next": position if more else None,
            "position": position,
            "reached": position if more else max(head, start),
        }

    def _sequence_before(self, since: datetime) -> int:
        try:
            return self._register.sequence_at(since - MARGIN)
        except OverflowError:  # the first minute of the year 1
            return 0

    @rpc
    def read_entry_linked_data(self, entry: str) -> JsonObject:
        """An entry that is public; the id of one that was merged leads to the survivor. Raises NotFound."""
        found = self._register.find_public(entry)
        return {"text": entry_document(card(found), self._public_url), "filename": f"{found['_id']}.jsonld"}

    @rpc
    def read_entry_catalogue(self) -> JsonObject:
        """The register without its entries."""
        newest = self._exchange.snapshots()[:1]
        files = [
            {**file, "id": snapshot["_id"], "format": name, "taken_at": clock.iso(snapshot["taken_at"])}
            for snapshot in newest
            for name, file in snapshot["files"].items()
        ]
        text = catalogue_document(self._public_url, clock.iso(clock.now()), files)
        return {"text": text, "filename": "entry-catalogue.jsonld"}


# Snapshots: all entries that were public at a sequence, as files.
#
# A job writes one file in each step. The register at a sequence never changes, so a step that runs again writes the
# same bytes.


KIND = "take_snapshot"
INTERVAL = timedelta(days=7)
PAGE = 200  # sequences that are read at a time
DUTY_CYCLE = 0.5  # share of the time for which a step works
BLOB_LIFETIME = timedelta(hours=6)  # of a file whose job did not end


class Progress(TypedDict):
    """The files of a snapshot that are written."""

    sequence: int
    taken_at: str
    files: dict[str, rules.SnapshotFile]
    entries: int


class SnapshotCases:
    """What makes snapshots and removes them."""

    def __init__(self, register: Register, exchange: Exchange, public_url: str) -> None:
        self._register, self._exchange, self._public_url = register, exchange, public_url

    @rpc
    def list_entry_snapshots(self, ctx: Context) -> JsonObject:
        """The snapshots, the newest first, and the terms of use."""
        rows = [_to_public(row) for row in self._exchange.snapshots()]
        return {"items": rows, **terms_of_use(self._public_url, ctx.locale)}

    @rpc
    def read_entry_snapshot_file(self, snapshot: str, format: str = "jsonl") -> JsonObject:
        """A file. Raises NotFound."""
        found = self._exchange.find_snapshot(snapshot)
        if found is None or format not in found["files"]:
            raise NotFound("stocktaking.snapshot_unknown", snapshot=snapshot)
        return {"blob": found["files"][format]["blob"]}

    @rpc(writes=True)
    def start_entry_snapshot(self, ctx: Context, jobs: Jobs) -> Job:
        """Take one now; while one is being taken, it is that job."""
        return jobs.enqueue(KIND, {"by": ctx.actor.id}, key=KIND)

    @every(3600)
    def take_weekly_snapshot(self, jobs: Jobs) -> None:
        """Take one if the last is older than a week and the register has changed; or if the last is of a former version
        and lacks a format."""
        newest = next(iter(self._exchange.snapshots()), None)
        due = newest is None or newest["taken_at"] <= clock.now() - INTERVAL
        changed = self._register.head() > (newest["sequence"] if newest else 0)
        if (due and changed) or (newest and rules.lacking(newest["files"])):
            jobs.enqueue(KIND, {"by": None}, key=KIND)

    @job(transaction=False)
    def take_snapshot(self, run: Run, blobs: BlobStore) -> Finish | Next:
        """One step of the job."""
        state: Progress = run.checkpoint or self._begin()
        lacking = rules.lacking(state["files"])
        if not lacking:
            return run.finish(self._save(run, blobs, state))
        name, count = lacking[0], 0

        def pages() -> Iterator[list[Card]]:
            nonlocal count
            widths = pages_at(self._exchange, state["sequence"], PAGE)
            for page in run.track(widths, total=-(-state["sequence"] // PAGE), duty_cycle=DUTY_CYCLE):
                count += len(page)
                yield [card(entry) for entry in page]

        blob = blobs.put(
            snapshots.write(name, pages(), self._public_url, state["taken_at"]),
            owner=f"snapshot/{run.id}",
            filename=f"entries-{state['sequence']}.{rules.FORMATS[name]}",
            media_type=snapshots.media_type(name),
            expires_at=clock.now() + BLOB_LIFETIME,
        )
        files = {**state["files"], name: {"blob": blob.id, "size": blob.size, "sha256": blob.sha256}}
        done = len(files)
        return run.next({**state, "files": files, "entries": count}, done=done, total=len(rules.FORMATS))

    def _begin(self) -> Progress:
        """What is there of the register as it stands: where there is a snapshot, its files."""
        head = self._register.head()
        found = self._exchange.find_snapshot(str(head))
        files, entries = (found["files"], found["entries"]) if found else ({}, 0)
        taken_at = found["taken_at"] if found else clock.now()
        return {"sequence": head, "taken_at": clock.iso(taken_at), "files": files, "entries": entries}

    def _save(self, run: Run, blobs: BlobStore, state: Progress) -> JsonObject:
        id = str(state["sequence"])
        row = as_row(id, state["sequence"], state["entries"], clock.parse(state["taken_at"]), dict(state["files"]))

        def save() -> None:
            found = self._exchange.find_snapshot(id)
            for name, file in row["files"].items():
                if found is None or name not in found["files"]:
                    blobs.keep(file["blob"], f"snapshot/{id}")
            if found is not None:  # the same bytes are there already
                self._exchange.put_files(id, {**row["files"], **found["files"]})
                return
            entry = audit.entry(
                "stocktaking.snapshot_taken",
                f"snapshot/{id}",
                None,
                {"entries": row["entries"], "by": run.arguments["by"]},
            )
            self._exchange.add_snapshot(row, taken(row), entry)
            for old in self._exchange.snapshots()[rules.SNAPSHOTS_KEPT :]:
                for file in old["files"].values():
                    blobs.delete(file["blob"])
                self._exchange.remove_snapshot(old["_id"])

        in_transaction(save)
        return {"snapshot": id, "sequence": state["sequence"], "entries": state["entries"]}


def _to_public(row: rules.Snapshot) -> JsonObject:
    files = [{"format": name, **file} for name, file in row["files"].items()]
    return {**row, "snapshot": row["_id"], "files": files}


def compose(parts: Parts) -> tuple[ReadingCases, SnapshotCases]:
    """The use cases with their collaborators; called once per process."""
    register, exchange, public_url = Register(parts.db), Exchange(parts.db), Suite.current().public_url.rstrip("/")
    return ReadingCases(register, exchange, public_url), SnapshotCases(register, exchange, public_url)
