"""How many of each: the real figures of 2017, or few for a quick play."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wsis_shared import reference


@dataclass(frozen=True)
class Volumes:
    """What takes part. `requests` are of inputs by the form; `sessions` includes those of stalls and statements."""

    inputs: int
    by_form: int
    workshops: int
    stalls: int
    statements: int
    others: int  # recommended speakers and partnerships
    sessions: int
    rooms: int
    drafts: int  # inputs of people without account, who come back by a mailed link
    amended: int
    attachments: int
    comments: int
    on_site: int
    remote: int
    languages: tuple[str, ...]  # of the documents


BY_FORM = 165  # "more than 160" by the official form; the other inputs came from national and regional events
SMALL = Volumes(
    50,
    33,
    workshops=40,
    stalls=6,
    statements=6,
    others=4,
    sessions=40,
    rooms=9,
    drafts=2,
    amended=3,
    attachments=1,
    comments=8,
    on_site=3,
    remote=2,
    languages=("en",),
)


def volumes(*, full: bool) -> Volumes:
    """Those of 2017; small ones to see quickly that all works."""
    if not full:
        return SMALL
    real = reference.participation(2017)["consultation"]
    return Volumes(
        real["submissions"],
        BY_FORM,
        workshops=214,
        stalls=30,
        statements=25,
        others=16,
        sessions=200,
        rooms=14,
        drafts=25,
        amended=20,
        attachments=12,
        comments=70,
        on_site=40,
        remote=30,
        languages=("en", "fr", "ar"),
    )


def shares(count: int) -> dict[str, int]:
    """`count` inputs by stakeholder type with the shares of 2017 (largest remainder; on a tie the larger share)."""
    percent: Mapping[str, int] = reference.participation(2017)["consultation"]["percent_by_stakeholder_type"]
    exact = {kind: share * count / 100 for kind, share in percent.items()}
    whole = {kind: int(value) for kind, value in exact.items()}
    left = count - sum(whole.values())
    for kind in sorted(exact, key=lambda kind: (whole[kind] - exact[kind], -percent[kind]))[:left]:
        whole[kind] += 1
    return whole
