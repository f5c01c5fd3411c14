"""Errors of the WSIS-SDG Matrix."""

from __future__ import annotations

from wsis_shared.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable


def version_unknown(version: str) -> NotFound:
    """There is no such version, or none was in force on that day."""
    return NotFound("stocktaking.matrix_version_unknown", f"No version {version} of the matrix.", version=version)


def line_unknown(line: str) -> NotFound:
    """There is no such action line."""
    return NotFound("stocktaking.matrix_line_unknown", f"No action line {line}.", line=line)


def sdg_unknown(sdg: str) -> NotFound:
    """There is no such goal."""
    return NotFound("stocktaking.matrix_sdg_unknown", f"No Sustainable Development Goal {sdg}.", sdg=sdg)


def proposal_unknown(proposal: str) -> NotFound:
    """There is no such proposal, or it is about lines of other agencies."""
    return NotFound("stocktaking.matrix_proposal_unknown", f"No proposal {proposal}.", proposal=proposal)


def line_of_others(line: str) -> Forbidden:
    """The agency does not facilitate the action line."""
    return Forbidden("stocktaking.matrix_line_of_others", f"Your agency does not facilitate {line}.", line=line)


def too_many_pending(line: str, most: int) -> Conflict:
    """The agency has as many proposals about the line as it may: it withdraws one, or waits for a decision."""
    return Conflict(
        "stocktaking.matrix_proposals_pending", f"{most} proposals about {line} are pending.", line=line, most=most
    )


def link_changed(line: str, sdg: int) -> Conflict:
    """A link is not as the patch expects it."""
    return Conflict(
        "stocktaking.matrix_link_changed",
        f"The link of {line} with SDG {sdg} has changed meanwhile.",
        line=line,
        sdg=sdg,
    )


def link_exists(position: int) -> Invalid:
    """The matrix has the link that is to be added."""
    return _unfit(position, "The matrix has this link already.")


def link_missing(position: int) -> Invalid:
    """The matrix lacks the link that is to be changed or removed."""
    return _unfit(position, "The matrix has no such link.")


def link_unchanged(position: int) -> Invalid:
    """The change leaves the link as it is."""
    return _unfit(position, "The link is like this already.")


def _unfit(position: int, message: str) -> Invalid:
    return Invalid(
        "stocktaking.matrix_change_unfit",
        "A change does not fit the matrix.",
        fields={f"changes.{position}": [message]},
    )


def proposal_closed(proposal: str, state: str) -> Conflict:
    """The proposal is in a state that it does not leave, or in the one that is asked for."""
    return Conflict("stocktaking.matrix_proposal_closed", f"{proposal} is {state}.", proposal=proposal, state=state)


def proposal_not_accepted(proposal: str) -> Conflict:
    """Only accepted proposals become part of a version."""
    return Conflict("stocktaking.matrix_proposal_not_accepted", f"{proposal} is not accepted.", proposal=proposal)


def proposals_clash(proposal: str, other: str) -> Conflict:
    """Two proposals change one link: one of them has to go."""
    return Conflict(
        "stocktaking.matrix_proposals_clash",
        f"{proposal} and {other} change the same link.",
        proposal=proposal,
        other=other,
    )


def nothing_to_publish() -> Conflict:
    """No proposal is accepted."""
    return Conflict("stocktaking.matrix_nothing_to_publish", "No proposal is accepted.")


def version_superseded(newest: int) -> Conflict:
    """Another version was published meanwhile."""
    return Conflict("stocktaking.matrix_version_superseded", f"Version {newest} is the newest.", newest=newest)


def valid_from_too_early(first: str) -> Invalid:
    """A version begins today at the earliest, and not before the newest one: the past stays as it is."""
    return Invalid(
        "stocktaking.matrix_valid_from_too_early",
        f"The first possible day is {first}.",
        first=first,
        fields={"valid_from": [f"The first possible day is {first}."]},
    )


def picture_not_drawn() -> Unavailable:
    """The heat map cannot be drawn now: too many charts wait, or the process that draws has ended."""
    return Unavailable(
        "stocktaking.matrix_picture_not_drawn", "The picture is not drawn yet: the page has its table.", retry_after=5
    )
