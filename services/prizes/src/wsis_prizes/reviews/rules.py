"""Reviews of projects: their states, and what the scores say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import NotRequired, TypedDict

from wsis_shared.errors import Conflict, Invalid
from wsis_shared.json_types import Input

STATES = (ASSIGNED, BEGUN, DONE, CONFLICT) = ("assigned", "begun", "done", "conflict")
OPEN = [ASSIGNED, BEGUN]

LEAST_SCORE, BEST_SCORE = 1, 5
RECOMMENDATIONS = ("nominate", "reject", "clarify")


class Review(TypedDict):
    """Of a juror and a project. `mean` is that of the scores; `reason` is that of a conflict; `due_at` stands
    until the nominees are published."""

    _id: str
    edition: str
    project: str
    juror: str
    category: str
    state: str
    scores: dict[str, int]
    comments: dict[str, str]
    assigned_at: datetime
    due_at: NotRequired[datetime]
    version: int
    recommendation: NotRequired[str | None]
    mean: NotRequired[float | None]
    reason: NotRequired[str]
    updated_at: NotRequired[datetime]


class Scores(TypedDict):
    """What the reviews of a project say. `reviews` are those without a conflict; the rest is that of the finished ones:
    the mean of their means, the lowest and the highest of them, and how many recommend what."""

    reviews: int
    done: int
    mean: float | None
    lowest: float | None
    highest: float | None
    recommendations: dict[str, int]


NO_SCORES: Scores = {"reviews": 0, "done": 0, "mean": None, "lowest": None, "highest": None, "recommendations": {}}


def scored(review: Review, criteria: Sequence[str], body: Input) -> Review:
    """The review with what the juror sent; scores and comments are added to those there, and None removes a comment.
    Raises where `done` comes before every criterion has its score."""
    if review["state"] == CONFLICT:
        raise Conflict("prizes.conflict_declared")
    scores = {**review.get("scores", {}), **body.get("scores", {})}
    for criterion in [*scores, *body.get("comments", {})]:
        if criterion not in criteria:
            raise Invalid(
                "prizes.criterion_unknown", criterion=criterion, fields={"scores": [f"{criterion} is not a criterion."]}
            )
    missing = [criterion for criterion in criteria if criterion not in scores]
    done = body.get("done", review["state"] == DONE)
    if done and missing:
        raise Invalid("prizes.review_incomplete", fields={f"scores.{criterion}": ["Needed."] for criterion in missing})
    comments = {**review.get("comments", {}), **body.get("comments", {})}
    mean = round(sum(scores.values()) / len(scores), 4) if scores else None
    return {
        **review,
        "scores": scores,
        "comments": {criterion: text for criterion, text in comments.items() if text is not None},
        "recommendation": body.get("recommendation", review.get("recommendation")),
        "mean": mean,
        "state": DONE if done else BEGUN,
    }


def mean_of(scores: Iterable[Mapping[str, int]]) -> float | None:
    """The mean of the jurors' means, exact until its end: projects with the same scores are equal, and who has reached
    a threshold has."""
    means = [Fraction(sum(one.values()), len(one)) for one in scores if one]
    return float(sum(means) / len(means)) if means else None


def summed(reviews: Sequence[Review]) -> Scores:
    """What the reviews of a project say."""
    done = [row for row in reviews if row["state"] == DONE]
    means = [mean for row in done if (mean := row.get("mean")) is not None]
    said = Counter(code for row in done if (code := row.get("recommendation")))
    return {
        "reviews": len(reviews),
        "done": len(done),
        "mean": mean_of(row["scores"] for row in done),
        "lowest": min(means, default=None),
        "highest": max(means, default=None),
        "recommendations": dict(said),
    }
