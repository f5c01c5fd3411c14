"""Errors of reports: global, regional, Success Stories."""

from __future__ import annotations

from collections.abc import Sequence

from wsis_shared.errors import Conflict, Invalid, NotFound, Unavailable


def report_unknown(report: str) -> NotFound:
    """There is no such report, or it is not public."""
    return NotFound("stocktaking.report_unknown", f"No report {report}.", report=report)


def report_file_unknown(report: str) -> NotFound:
    """The report is not there in this language and format."""
    return NotFound("stocktaking.report_file_unknown", f"{report} has no such file.", report=report)


def version_too_low(number: str, last: str) -> Conflict:
    """A new version has a number after all others."""
    return Conflict(
        "stocktaking.report_version_too_low", f"Version {number} is not after {last}.", number=number, last=last
    )


def report_not_draft(report: str) -> Conflict:
    """A published version never changes."""
    return Conflict("stocktaking.report_not_draft", f"{report} is published.", report=report)


def report_not_rendered(report: str, languages: Sequence[str]) -> Conflict:
    """The files are not made, or older than the prose."""
    named = ", ".join(languages)
    return Conflict(
        "stocktaking.report_not_rendered", f"Render {report} first in: {named}.", report=report, languages=named
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


def winners_not_announced(edition: str) -> Conflict:
    """Success Stories name winners and champions, who are not public before they are announced."""
    return Conflict("stocktaking.winners_not_announced", f"The register has no winners of {edition}.", edition=edition)


def report_register_empty(as_of: str) -> Invalid:
    """The register had no entry at that moment: it was filled later."""
    return Invalid(
        "stocktaking.report_register_empty", f"The register had no entries at {as_of}: name a later as_of.", as_of=as_of
    )


def report_empty(as_of: str) -> Invalid:
    """The register had entries, none of them in the report."""
    return Invalid(
        "stocktaking.report_empty", f"No entry that was public at {as_of} is of this period and region.", as_of=as_of
    )


def rendering_failed() -> Unavailable:
    """The files could not be made; the log says why."""
    return Unavailable("stocktaking.rendering_failed", "The report could not be rendered.")
