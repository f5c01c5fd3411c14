"""Errors of imports of an existing register."""

from __future__ import annotations

from wsis_shared.errors import Conflict, Invalid, NotFound, Unavailable
from wsis_shared.imports.errors import ImportErrors

ERRORS = ImportErrors(
    unknown=lambda id: NotFound("stocktaking.import_unknown", id=id),
    without_columns=lambda id: NotFound("stocktaking.import_without_columns", id=id),
    without_mapping=lambda source: NotFound("stocktaking.import_mapping_unknown", source=source),
    running=lambda id: Conflict("stocktaking.import_running", id=id),
    not_applicable=lambda id: Conflict("stocktaking.import_not_applicable", id=id),
    mapping_unconfirmed=lambda id: Conflict("stocktaking.import_mapping_unconfirmed", id=id),
    mapping_invalid=lambda wrong: Invalid("stocktaking.import_mapping_invalid", fields=wrong),
    file_refused=lambda why: Invalid("stocktaking.import_file_refused", fields={"file": [why]}),
    busy=lambda: Unavailable("stocktaking.import_busy", retry_after=60),
)
