"""Errors of reports: global, regional, Success Stories."""

from __future__ import annotations

from wsis_shared.errors import Conflict, Invalid, NotFound, Unavailable
from wsis_shared.published_documents.errors import Errors

ERRORS = Errors(
    unknown=lambda report: NotFound("stocktaking.report_unknown", report=report),
    file_unknown=lambda report: NotFound("stocktaking.report_file_unknown", report=report),
    not_draft=lambda report: Conflict("stocktaking.report_not_draft", report=report),
    not_rendered=lambda report, languages: Conflict(
        "stocktaking.report_not_rendered", report=report, languages=languages
    ),
    number_too_low=lambda number, last: Conflict("stocktaking.report_version_too_low", number=number, last=last),
    rendering_failed=lambda: Unavailable("stocktaking.rendering_failed"),
)


def report_as_of_later(as_of: str) -> Invalid:
    """A report speaks of the past."""
    return Invalid("stocktaking.report_as_of_later", f"{as_of} is in the future.", fields={"as_of": ["Not after now."]})


def report_sequence_later(sequence: int) -> Invalid:
    """The register has not reached this sequence."""
    return Invalid(
        "stocktaking.report_sequence_later",
        f"The register has not reached {sequence}.",
        fields={"sequence": ["Not after the last one."]},
    )


def report_register_empty(as_of: str) -> Invalid:
    """The register had no entry at that moment: it was filled later."""
    return Invalid("stocktaking.report_register_empty", as_of=as_of)


def report_empty(as_of: str) -> Invalid:
    """The register had entries, none of them in the report."""
    return Invalid("stocktaking.report_empty", as_of=as_of)
