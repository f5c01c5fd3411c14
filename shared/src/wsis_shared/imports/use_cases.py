"""What officers see of imports, and the end of one whose job has ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wsis_shared import import_states as states
from wsis_shared import messages
from wsis_shared.context import Context
from wsis_shared.import_states import Import
from wsis_shared.imports.repository import ImportRepository
from wsis_shared.jobs.states import ends_by_request

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.run import Run

Row = dict[str, Any]


class FollowedImports:
    """`texts` is the package with the messages about fields. A service adds `_end`, in which it saves the import."""

    texts: str

    def __init__(self, imports: ImportRepository[Import]) -> None:
        self._followed = imports

    def page(self, limit: int, after: str | None = None) -> Row:
        """Imports, the newest first."""
        return self._followed.page(after, limit).response(_in_list)

    def read(self, ctx: Context, id: str) -> Row:
        """An import. Raises NotFound."""
        found = _to_response(self._followed.find(id))
        texts = messages.of_package(self.texts)
        refusal = found["refusal"] and texts.translate(found["refusal"], ctx.locale).text
        reading = found.get("reading")
        if reading:
            notes = [{**each, "text": texts.translate(each["text"], ctx.locale).text} for each in reading["notes"]]
            reading = {**reading, "notes": notes}
        return {**found, "refusal": refusal, "reading": reading}

    def refusals(self, ctx: Context, id: str, limit: int, after: str | None = None) -> Row:
        """What an import refused, in the order of the file and the reader's language. Raises NotFound."""
        self._followed.find(id)
        texts = messages.of_package(self.texts)

        def to_response(row: Mapping[str, Any]) -> Row:
            message = texts.translate(row["message"], ctx.locale)
            return {**row, "code": message.code, "reason": message.text}

        return self._followed.refusals(id, after, limit).response(to_response)

    def clean_up(self, run: Run, jobs: Jobs, blobs: BlobStore) -> None:
        """The job failed or was cancelled. What is imported stays."""
        job = jobs.get(run.id)
        self._end(run.id, states.CANCELLED if job and ends_by_request(job) else states.FAILED, blobs)

    def _refuse(self, id: str, refusal: str) -> None:
        """Keep why the file was refused. The job fails next, and the import with it."""
        found = self._followed.find(id)
        self._followed.save(self._followed.imports, {**found, "refusal": refusal})

    def _end(self, id: str, state: str, blobs: BlobStore) -> None:
        raise NotImplementedError


def _in_list(found: Mapping[str, object]) -> Row:
    return {name: value for name, value in _to_response(found).items() if name != "reading"}


def _to_response(found: Mapping[str, object]) -> Row:
    return {"id": found["_id"], **{name: value for name, value in found.items() if name != "_id"}}
