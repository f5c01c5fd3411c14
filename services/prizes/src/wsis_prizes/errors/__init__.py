"""Each way to fail: one function, one code."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from wsis_shared import clock
from wsis_shared.errors import Conflict, Forbidden, Invalid, NotFound

from wsis_prizes.errors.outcome import (
    before_the_ceremony,
    categories_undecided,
    certificate_not_ready,
    champions_announced,
    champions_differ,
    champions_not_announced,
    champions_not_announced_yet,
    change_needs_reason,
    finalists_fixed,
    finalists_not_fixed,
    interested,
    no_certificate,
    not_a_finalist,
    not_of_the_tie,
    tally_not_certified,
    tie_unsettled,
    winners_not_released,
    winners_released,
)


def list_changed() -> Invalid:
    """The row at which a page ended is no longer in the list."""
    return Invalid(
        "prizes.list_changed", "The list has changed: read it from its start.", fields={"after": ["Outdated."]}
    )


def changed_meanwhile() -> Conflict:
    """Somebody was faster."""
    return Conflict("prizes.changed_meanwhile", "Somebody else changed this meanwhile: read it again.")


def edition_unknown(edition: str) -> NotFound:
    """No such edition."""
    return NotFound("prizes.edition_unknown", "There is no such edition.", edition=edition)


def edition_exists(edition: str) -> Conflict:
    """An edition of that year is there."""
    return Conflict("prizes.edition_exists", "This edition exists.", edition=edition)


def phase_unknown(phase: str) -> NotFound:
    """No such phase in the edition."""
    return NotFound("prizes.phase_unknown", "The edition has no such phase.", phase=phase)


def phase_ends_before_start(phase: str) -> Invalid:
    """A phase must end after it starts."""
    return Invalid("prizes.phase_ends_before_start", "The phase would end before it starts.", phase=phase,
                   fields={"end": ["Must be after the start."]})  # fmt: skip


def phase_out_of_order(phase: str, before: str) -> Invalid:
    """A later phase may not start before an earlier one."""
    return Invalid("prizes.phase_out_of_order", f"{phase} would start before {before}.", phase=phase, before=before,
                   fields={"start": [f"Not in the order of the phases: see {before}."]})  # fmt: skip


def phase_done(phase: str) -> Conflict:
    """What the phase was for is done: it cannot be opened again."""
    return Conflict("prizes.phase_done", "The phase cannot be opened again: its outcome is out.", phase=phase)


def settings_fixed(name: str) -> Conflict:
    """A setting that later steps rest on can no longer change."""
    return Conflict("prizes.settings_fixed", "This setting can no longer change.", setting=name)


def voting_opened() -> Conflict:
    """The start of a voting that has opened."""
    return Conflict("prizes.voting_opened", "Voting has opened: its start can no longer change.")


def nominee_fixed() -> Conflict:
    """What voters read of a nominee."""
    return Conflict("prizes.nominee_fixed", "The words of a nominee can no longer change.")


def nothing_to_change() -> Invalid:
    """The request changes nothing."""
    return Invalid("prizes.nothing_to_change", "Name at least one thing to change.")


def submission_not_open(opens: datetime) -> Conflict:
    """Before the first day."""
    return Conflict("prizes.submission_not_open", "Submission is not open yet.", opens=clock.geneva(opens))


def submission_closed(closed: datetime) -> Conflict:
    """After the cut-off."""
    return Conflict(
        "prizes.submission_closed", "Submission closed.", closed=clock.geneva(closed), closed_utc=clock.iso(closed)
    )


def submission_open() -> Conflict:
    """The list cannot be published while projects still come in."""
    return Conflict("prizes.submission_open", "Submission is still open.")


def project_unknown(project: str) -> NotFound:
    """Not there, or not theirs to see."""
    return NotFound("prizes.project_unknown", "There is no such project.", project=project)


def too_many_drafts(limit: int) -> Conflict:
    """A draft may take 80 kB, and needs no more than a title."""
    return Conflict("prizes.too_many_drafts", f"At most {limit} drafts of one account in an edition.", limit=limit)


def project_exists(number: int, title: str) -> Conflict:
    """The entity has a project in this category."""
    return Conflict(
        "prizes.project_exists",
        f"The organization has project {number} in this category.",
        number=number,
        project_title=title,
    )


def project_twice(number: int, title: str) -> Conflict:
    """The same project was submitted before, in another category."""
    return Conflict(
        "prizes.project_twice",
        f"The same project was submitted as number {number}.",
        number=number,
        project_title=title,
    )


def project_of_another() -> Conflict:
    """The same, of another account: its number and title are not for this one."""
    return Conflict("prizes.project_of_another", "Another account has submitted it: write to the secretariat.")


def project_incomplete(fields: dict[str, list[str]]) -> Invalid:
    """What is missing or too long, field by field."""
    return Invalid("prizes.project_incomplete", "The form is not complete.", fields=fields)


def category_unknown(category: str) -> Invalid:
    """Not one of the edition's categories."""
    return Invalid("prizes.category_unknown", "The edition has no such category.", category=category,
                   fields={"category": ["Not a category of this edition."]})  # fmt: skip


def wrong_state(state: str, wanted: Iterable[str] = ()) -> Conflict:
    """The project is not in a state that allows this."""
    return Conflict("prizes.wrong_state", f"The project is {state}.", state=state, wanted=", ".join(wanted))


def voting_has_begun() -> Conflict:
    """Too late to withdraw."""
    return Conflict("prizes.voting_has_begun", "A project can be withdrawn until voting opens.")


def clarification_once() -> Conflict:
    """Clarification is asked for once."""
    return Conflict("prizes.clarification_once", "Clarification was asked for before.")


def no_clarification_open() -> Conflict:
    """Nothing to answer, or answered, or too late."""
    return Conflict("prizes.no_clarification_open", "No question is open for this project.")


def date_passed(field: str) -> Invalid:
    """A date that should lie ahead."""
    return Invalid("prizes.date_passed", "The date must lie ahead.", fields={field: ["Must lie ahead."]})


def reviews_closed() -> Conflict:
    """The nominees are out."""
    return Conflict("prizes.reviews_closed", "The nominees are published: reviews are closed.")


def review_unknown(project: str) -> NotFound:
    """Not assigned to this juror."""
    return NotFound("prizes.review_unknown", "No such project is assigned to you.", project=project)


def conflict_declared() -> Conflict:
    """The juror has declared a conflict of interest."""
    return Conflict("prizes.conflict_declared", "You have declared a conflict of interest with this project.")


def criterion_unknown(criterion: str) -> Invalid:
    """Not one of the edition's criteria."""
    return Invalid("prizes.criterion_unknown", "The edition has no such criterion.", criterion=criterion,
                   fields={"scores": [f"{criterion} is not a criterion."]})  # fmt: skip


def review_incomplete(criteria: list[str]) -> Invalid:
    """A finished review scores every criterion."""
    return Invalid(
        "prizes.review_incomplete",
        "Every criterion needs a score.",
        fields={"scores": [f"Missing: {', '.join(criteria)}."]},
    )


def not_jurors(accounts: list[str]) -> Invalid:
    """Some of the accounts named do not hold the role."""
    return Invalid("prizes.not_jurors", "Some of these accounts are not jurors.", fields={"jurors": accounts})


def no_jurors() -> Conflict:
    """Nobody was named for the Expert Group of this edition."""
    return Conflict("prizes.no_jurors", "Name the jurors of this edition first.")


def not_of_this_edition() -> Forbidden:
    """A juror of other editions."""
    return Forbidden("prizes.not_of_this_edition", "You are no juror of this edition.")


def not_of_the_list(projects: list[str]) -> Invalid:
    """Projects that cannot be nominated: unknown, withdrawn, ineligible."""
    return Invalid(
        "prizes.not_of_the_list", "Some projects are not submitted and eligible.", fields={"nominate": projects[:50]}
    )


def over_the_cap(categories: dict[str, int], cap: int) -> Invalid:
    """More nominees than the cap of the edition."""
    return Invalid("prizes.over_the_cap", "Some categories have more nominees than the cap.", cap=cap,
                   fields={"nominate": [f"{category}: {count}" for category, count in categories.items()]})  # fmt: skip


def no_list() -> Conflict:
    """The list of nominees must be fixed first."""
    return Conflict("prizes.no_list", "Fix the list of nominees first.")


def nominees_published() -> Conflict:
    """The list is out."""
    return Conflict("prizes.nominees_published", "The nominees are published.")


def nominees_not_published() -> NotFound:
    """The list is not out yet."""
    return NotFound("prizes.nominees_not_published", "The nominees are not published yet.")


__all__ = [
    "before_the_ceremony",
    "categories_undecided",
    "category_unknown",
    "certificate_not_ready",
    "champions_announced",
    "champions_differ",
    "champions_not_announced",
    "champions_not_announced_yet",
    "change_needs_reason",
    "changed_meanwhile",
    "clarification_once",
    "conflict_declared",
    "criterion_unknown",
    "date_passed",
    "edition_exists",
    "edition_unknown",
    "finalists_fixed",
    "finalists_not_fixed",
    "interested",
    "list_changed",
    "no_certificate",
    "no_clarification_open",
    "no_jurors",
    "no_list",
    "nominee_fixed",
    "nominees_not_published",
    "nominees_published",
    "not_a_finalist",
    "not_jurors",
    "not_of_the_list",
    "not_of_the_tie",
    "not_of_this_edition",
    "nothing_to_change",
    "over_the_cap",
    "phase_done",
    "phase_ends_before_start",
    "phase_out_of_order",
    "phase_unknown",
    "project_exists",
    "project_incomplete",
    "project_of_another",
    "project_twice",
    "project_unknown",
    "review_incomplete",
    "review_unknown",
    "reviews_closed",
    "settings_fixed",
    "submission_closed",
    "submission_not_open",
    "submission_open",
    "tally_not_certified",
    "tie_unsettled",
    "too_many_drafts",
    "voting_has_begun",
    "voting_opened",
    "winners_not_released",
    "winners_released",
    "wrong_state",
]
