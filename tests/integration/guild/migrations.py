"""`name` is called `title` since version 2 of the entries."""

from wsis_shared.migrations import Migration, Step

MIGRATIONS = (
    Migration(
        "entries",
        2,
        "`name` is called `title`",
        expand=Step(
            {"name": {"$exists": True}, "title": {"$exists": False}},
            lambda entry: {"$set": {"title": entry["name"]}},
        ),
        contract=Step({"name": {"$exists": True}}, lambda entry: {"$unset": {"name": ""}}),
    ),
)
