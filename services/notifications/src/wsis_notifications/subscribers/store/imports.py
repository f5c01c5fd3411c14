"""Imports of subscribers, with the rows that they refused. Their collections are declared with those of subscribers."""

from __future__ import annotations

from wsis_shared.import_states import Import
from wsis_shared.imports.repository import ImportRepository

from wsis_notifications.subscribers.errors import ERRORS


class SubscriberImports(ImportRepository[Import]):
    """A refusal has a row number, a field and a reason, and nothing of what the row said: it outlives the file."""

    imports = "subscriber_imports"
    refused_rows = "subscriber_refusals"
    import_values = "subscriber_import_values"
    import_mappings = "subscriber_import_mappings"
    errors = ERRORS
