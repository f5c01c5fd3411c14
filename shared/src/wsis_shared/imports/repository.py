"""Imports, with the rows that they refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Generic, TypeVar

from wsis_shared import keyset
from wsis_shared.errors import NotFound
from wsis_shared.import_states import Import
from wsis_shared.outbox import EventfulRepository

I_co = TypeVar("I_co", bound=Import, covariant=True)


class ImportRepository(EventfulRepository, Generic[I_co]):
    """A service names its two collections and its error. The first has an index on `created_at`, the second one
    on `import, number`."""

    imports: ClassVar[str]
    refused_rows: ClassVar[str]
    unknown: ClassVar[Callable[[str], NotFound]]

    def find(self, id: str) -> I_co:
        """An import. Raises NotFound."""
        found = self.known(id)
        if found is None:
            raise type(self).unknown(id)
        return found

    def known(self, id: str) -> I_co | None:
        """An import, if there is one."""
        return self.collection(self.imports).find_one({"_id": id})

    def page(self, after: str | None, limit: int) -> keyset.Page[I_co]:
        """Imports, the newest first."""
        order = ("-created_at", "-_id")
        return keyset.find_page(self.collection(self.imports), {}, order, after, limit, counted=True)

    def refusals(self, id: str, after: str | None, limit: int) -> keyset.Page[dict[str, object]]:
        """What an import refused, in the order of the file."""
        return keyset.find_page(self.collection(self.refused_rows), {"import": id}, ("number",), after, limit)

    def add_refusals(self, id: str, first: int, rows: Sequence[Mapping[str, object]]) -> None:
        """Store refusals, {"row", "field", "message": English, ...}; the first one has the number `first`."""
        if rows:
            self.collection(self.refused_rows).insert_many(
                [
                    {"_id": f"{id}/{number}", "import": id, "number": number, **row}
                    for number, row in enumerate(rows, start=first)
                ]
            )
