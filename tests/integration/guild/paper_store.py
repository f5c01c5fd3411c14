"""Papers and letters by shelf."""

from wsis_guild import paper_schemas
from wsis_guild.store import COLLECTIONS as SCAFFOLDED
from wsis_shared import clock, keyset
from wsis_shared.collection_specs import CollectionSpec, index
from wsis_shared.events import new_event
from wsis_shared.outbox import EventfulRepository

COLLECTIONS = (
    *(CollectionSpec(each.name, indexes=each.indexes, schema_version=2) for each in SCAFFOLDED),
    CollectionSpec("shelves"),
    CollectionSpec("papers", indexes=(index("shelf", "shelf", "number"), index("read", "read", "filed_at"))),
    CollectionSpec("starts"),
)


class Papers(EventfulRepository):
    source = "guild"

    def shelf(self, shelf):
        empty = {"_id": shelf, "papers": 0, "noted": 0, "letters": [], "version": 0}
        return self.collection("shelves").find_one({"_id": shelf}) or empty

    def add(self, shelf, upload):
        held = self.shelf(shelf)
        paper = {
            "_id": upload["id"],
            "shelf": shelf,
            "number": held["papers"],
            "filename": upload["filename"],
            "size": upload["size"],
            "checked": False,
            "read": False,
            "filed_at": clock.now(),
        }
        self.collection("papers").insert_one(paper)
        told = [new_event(version, subject=shelf, shelf=shelf) for version in (paper_schemas.V1, paper_schemas.V2)]
        self.save("shelves", {**held, "papers": held["papers"] + 1}, *told)
        return paper

    def page(self, shelf, limit, after):
        return keyset.find_page(self.collection("papers"), {"shelf": shelf}, ("number",), after, limit)

    def find(self, paper):
        return self.collection("papers").find_one({"_id": paper})

    def some(self, shelf, start, count):
        query = {"shelf": shelf, "number": {"$gte": start, "$lt": start + count}}
        return list(self.collection("papers").find(query))

    def note(self, shelf):
        held = self.shelf(shelf)
        self.save("shelves", {**held, "noted": held["noted"] + 1})

    def add_letter(self, shelf, text):
        held = self.shelf(shelf)
        told = new_event(paper_schemas.V1, subject=shelf, shelf=shelf)
        self.save("shelves", {**held, "letters": [*held["letters"], text]}, told)

    def check_one(self):
        change = {"$set": {"checked": True}}
        return self.collection("papers").find_one_and_update({"checked": False}, change) is not None
