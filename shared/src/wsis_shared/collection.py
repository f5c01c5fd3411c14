"""A collection of documents of one type, whose operations join the transaction that is open, if one is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar
from copy import copy
from typing import Any, Generic, Literal, TypeVar, overload

from pymongo.client_session import ClientSession
from pymongo.collection import Collection as PymongoCollection
from pymongo.command_cursor import CommandCursor
from pymongo.cursor import Cursor
from pymongo.operations import DeleteMany, DeleteOne, InsertOne, ReplaceOne, UpdateMany, UpdateOne
from pymongo.read_concern import ReadConcern
from pymongo.results import BulkWriteResult, DeleteResult, InsertManyResult, InsertOneResult, UpdateResult

Document = dict[str, Any]
"""A document of any type, as pymongo reads it."""

D = TypeVar("D", bound=Mapping[str, Any])
"""A document: a TypedDict."""

Filter = Mapping[str, object]
Projection = Mapping[str, object]
Update = Mapping[str, object] | Sequence[Mapping[str, object]]
Order = str | Sequence[tuple[str, int]]
Write = InsertOne[D] | ReplaceOne[D] | UpdateOne | UpdateMany | DeleteOne | DeleteMany

session: ContextVar[ClientSession | None] = ContextVar("wsis_mongo_session", default=None)
"""The session whose transaction is open."""


class Collection(Generic[D]):
    """pymongo's operations, in terms of one type of document. A projection returns documents with fewer fields than
    their type says."""

    @overload
    def __init__(self: Collection[Document], collection: PymongoCollection[Document]) -> None: ...

    @overload
    def __init__(self, collection: PymongoCollection[Document], of: type[D]) -> None: ...

    def __init__(self, collection: PymongoCollection[Any], of: object = None) -> None:
        self._collection: PymongoCollection[D] = collection
        self.name, self.full_name = collection.name, collection.full_name

    def of_majority(self) -> Collection[D]:
        """The same, read as a majority of the store's members has it: no election takes it back, and each later
        transaction sees it. Another read shows writes, too, that transactions do not see until an earlier write has
        ended."""
        other = copy(self)
        other._collection = self._collection.with_options(read_concern=ReadConcern("majority"))
        return other

    def find(self, query: Filter | None = None, projection: Projection | None = None) -> Cursor[D]:
        """The documents that match, in any order."""
        return self._collection.find(query, projection, session=session.get())

    def find_one(
        self, query: Filter | None = None, projection: Projection | None = None, *, sort: Order | None = None
    ) -> D | None:
        """The first one that matches."""
        return self._collection.find_one(query, projection, sort=sort, session=session.get())

    def named(
        self, ids: Iterable[object], projection: Projection | None = None, query: Filter | None = None
    ) -> list[D]:
        """The documents with these ids that match `query`, in any order; without ids nobody is asked."""
        wanted = list(ids)
        if not wanted:
            return []
        # In one answer: the store's first has a hundred by default.
        return list(self.find({**(query or {}), "_id": {"$in": wanted}}, projection).batch_size(len(wanted) + 1))

    def count_documents(self, query: Filter, **options: int) -> int:
        """How many match; `limit`: at most so many. The store keeps the number of all that there are, exact but after a
        crash of its own; a transaction cannot ask for it."""
        if not query and not options and session.get() is None:
            return self._collection.estimated_document_count()
        return self._collection.count_documents(query, session=session.get(), **options)

    def distinct(self, field: str, query: Filter | None = None) -> list[Any]:
        """The values of a field that holds no list. The command `distinct` is not part of the Stable API."""
        rows = self.aggregate([{"$match": query or {}}, {"$group": {"_id": f"${field}"}}])
        return [row["_id"] for row in rows if row["_id"] is not None]

    def aggregate(self, pipeline: Sequence[Mapping[str, object]], **options: Any) -> CommandCursor[Document]:
        """The documents that a pipeline makes."""
        made: CommandCursor[Any] = self._collection.aggregate(pipeline, session=session.get(), **options)
        return made

    def insert_one(self, document: D) -> InsertOneResult:
        """Raises DuplicateKeyError."""
        return self._collection.insert_one(document, session=session.get())

    def insert_many(self, documents: Iterable[D], *, ordered: bool = True) -> InsertManyResult:
        """Raises BulkWriteError."""
        return self._collection.insert_many(documents, ordered, session=session.get())

    def bulk_write(self, writes: Sequence[Write[D]], *, ordered: bool = True) -> BulkWriteResult:
        """Raises BulkWriteError."""
        return self._collection.bulk_write(writes, ordered, session=session.get())

    def replace_one(self, query: Filter, document: D, *, upsert: bool = False) -> UpdateResult:
        """Put `document` in the place of the first one that matches."""
        return self._collection.replace_one(query, document, upsert, session=session.get())

    def update_one(self, query: Filter, update: Update, *, upsert: bool = False) -> UpdateResult:
        """Change the first one that matches."""
        return self._collection.update_one(query, update, upsert, session=session.get())

    def update_many(self, query: Filter, update: Update) -> UpdateResult:
        """Change all that match."""
        return self._collection.update_many(query, update, session=session.get())

    def delete_one(self, query: Filter) -> DeleteResult:
        """Delete the first one that matches."""
        return self._collection.delete_one(query, session=session.get())

    def delete_many(self, query: Filter) -> DeleteResult:
        """Delete all that match."""
        return self._collection.delete_many(query, session=session.get())

    def find_one_and_delete(self, query: Filter, projection: Projection | None = None) -> D | None:
        """Delete the first one that matches, and return it."""
        return self._collection.find_one_and_delete(query, projection, session=session.get())

    def find_one_and_replace(
        self,
        query: Filter,
        document: Mapping[str, object],
        projection: Projection | None = None,
        *,
        upsert: bool = False,
    ) -> D | None:
        """Put `document` in the place of the first one that matches, and return that one."""
        return self._collection.find_one_and_replace(query, document, projection, upsert=upsert, session=session.get())

    @overload
    def find_one_and_update(
        self,
        query: Filter,
        update: Update,
        projection: Projection | None = None,
        *,
        sort: Order | None = None,
        upsert: Literal[True],
        after: Literal[True],
    ) -> D: ...

    @overload
    def find_one_and_update(
        self,
        query: Filter,
        update: Update,
        projection: Projection | None = None,
        *,
        sort: Order | None = None,
        upsert: bool = False,
        after: bool = False,
    ) -> D | None: ...

    def find_one_and_update(
        self,
        query: Filter,
        update: Update,
        projection: Projection | None = None,
        *,
        sort: Order | None = None,
        upsert: bool = False,
        after: bool = False,
    ) -> D | None:
        """Change the first one that matches, and return it: as it was, or `after` the change."""
        return self._collection.find_one_and_update(
            query, update, projection, sort, upsert, after, session=session.get()
        )


def existing(found: D | None) -> D:
    """A document that is there by the rules of its service. Raises LookupError."""
    if found is None:
        raise LookupError("a document that must be there is not")
    return found
