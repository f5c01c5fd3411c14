"""Errors. Issues of the newsletter: sections, previews, checks, archive."""

from __future__ import annotations

from wsis_shared.errors import Conflict, Invalid, NotFound


def issue_unknown(issue: str) -> NotFound:
    """There is no such issue, or readers may not see it yet."""
    return NotFound("notifications.issue_unknown", f"No issue {issue}.", issue=issue)


def issue_not_draft(state: str) -> Conflict:
    """Only a draft is changed or deleted."""
    return Conflict("notifications.issue_not_draft", f"The issue is {state}.", state=state)


def issue_changed(version: int) -> Conflict:
    """Another officer has changed it since this one read it."""
    return Conflict("notifications.issue_changed", f"The issue has version {version} now.", version=version)


def state_refused(state: str, wanted: str) -> Conflict:
    """The issue cannot go there from where it is."""
    return Conflict(
        "notifications.issue_state_refused",
        f"An issue that is {state} cannot become {wanted}.",
        state=state,
        wanted=wanted,
    )


def issue_faulty(errors: int) -> Conflict:
    """The check finds errors."""
    return Conflict("notifications.issue_faulty", f"The check finds {errors} errors.", errors=errors)


def image_unknown(image: str) -> Invalid:
    """A section shows an image that was not uploaded to its issue."""
    return Invalid(
        "notifications.image_unknown",
        f"The issue has no image {image}.",
        fields={"sections": ["Not an image of this issue."]},
        image=image,
    )


def image_missing(image: str) -> NotFound:
    """No issue has such an image."""
    return NotFound("notifications.image_missing", f"No image {image}.", image=image)


def image_too_large(side: int) -> Invalid:
    """Not a PNG or JPEG, or one with too many pixels."""
    return Invalid("notifications.image_too_large", f"A PNG or JPEG of at most {side} pixels a side.", side=side)


def too_many_images(most: int) -> Conflict:
    """An issue has a bounded number of images."""
    return Conflict("notifications.too_many_images", f"An issue has at most {most} images.", most=most)
