"""Errors of discussions and comments."""

from __future__ import annotations

from wsis_shared.errors import Conflict, Forbidden, Invalid, NotFound, TooMany


def community_unknown() -> NotFound:
    """The edition has no such community."""
    return NotFound("consultation.community_unknown", "No such community.")


def community_exists(code: str) -> Conflict:
    """The edition has a community of that code."""
    return Conflict("consultation.community_exists", f"There is a community {code} already.", community=code)


def discussion_unknown() -> NotFound:
    """The edition has no such discussion."""
    return NotFound("consultation.discussion_unknown", "No such discussion.")


def discussion_closed() -> Conflict:
    """Nobody can comment on a closed discussion."""
    return Conflict("consultation.discussion_closed", "The discussion is closed.")


def comment_unknown() -> NotFound:
    """The discussion has no such comment."""
    return NotFound("consultation.comment_unknown", "No such comment.")


def too_many_comments(limit: int, retry_after: int) -> TooMany:
    """A member has posted as many comments as one may in a day: each is mailed to every follower."""
    return TooMany(
        "consultation.too_many_comments", f"At most {limit} comments in a day.", limit=limit, retry_after=retry_after
    )


def comment_removed() -> Conflict:
    """The comment is hidden or deleted."""
    return Conflict("consultation.comment_removed", "The comment is hidden or deleted.")


def not_the_author() -> Forbidden:
    """Only its author can change a comment."""
    return Forbidden("consultation.not_the_author", "Only its author can change a comment.")


def edit_window_over(minutes: int) -> Conflict:
    """A comment can be edited for some minutes only."""
    return Conflict("consultation.edit_window_over", f"A comment can be edited for {minutes} minutes.", minutes=minutes)


def text_invalid(messages: list[str]) -> Invalid:
    """The text of a comment is empty, too long, or no text."""
    return Invalid("consultation.comment_invalid", "The text is not acceptable.", fields={"text": messages})


def nothing_to_mail() -> NotFound:
    """A mail says nothing any more: what it was about is hidden, or its recipient follows no more."""
    return NotFound("consultation.nothing_to_mail", "There is nothing to mail any more.")
