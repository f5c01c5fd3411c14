"""Repositories of forms, drafts and submissions."""

from wsis_shared.collection_specs import CollectionSpec, expires, index

COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec("forms", indexes=(index("edition", "edition", "number", unique=True),)),
    CollectionSpec("drafts", indexes=(
        index("mailbox", "email_key", "edition"),
        index("account", "account", "_id"),
        expires("expires_at"),
    )),
    CollectionSpec("submissions", indexes=(
        index("number", "edition", "number", unique=True),
        index("mailbox", "email_key", "edition"),
        index("account", "account", "_id"),
    ), few={"number": "some 400 in an edition"}),
    CollectionSpec("submission_versions", indexes=(index("submission", "submission", "number"),)),
    CollectionSpec("submission_numbers"),
)  # fmt: skip
