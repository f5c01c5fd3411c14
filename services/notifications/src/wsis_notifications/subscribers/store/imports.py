"""Imports of subscribers, with the rows that they refused. Their collections are declared with those of subscribers."""

from __future__ import annotations

from wsis_shared.imports.repository import ImportRepository

from wsis_notifications.subscribers import errors
from wsis_notifications.subscribers.rules.imports import SubscriberImport


class SubscriberImports(ImportRepository[SubscriberImport]):
    """A refusal has a row number, a field and a reason, and nothing of what the row said: it outlives the file."""

    source = "notifications"
    imports = "subscriber_imports"
    refused_rows = "subscriber_refusals"
    unknown = errors.import_unknown
