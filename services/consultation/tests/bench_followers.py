"""A day of a discussion that many follow: the mails of 100 comments to those who want each at once, and the digest of
the others, as the service stores and writes them in one process. How fast mails leave is of `bench_mails`."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from tests.load.figures import Figure, NotMeasured
from wsis_local.stack import Stack
from wsis_shared import clock
from wsis_shared.mongo import in_transaction
from wsis_shared.parts import Parts
from wsis_testkit import make_context, unsent

from wsis_consultation.discussions.rules import comments, discussions

FEW, MANY, COMMENTS, SAMPLE = 10, 1_000, 100, 200
EDITION = "2017"
AUTHOR = {
    "account": "ada",
    "names": "Ada Umutoni",
    "organization": "NGO",
    "country": "RW",
    "stakeholder_type": "civil_society",
}
TEXT = "Les jeunes demandent des **ateliers** sur les TIC.\n\n- un en ligne\n- deux à Genève"


def run(folder: Path) -> Iterator[Figure]:
    """Half of the followers want each comment at once, half a digest. The ratio is of one run: a hundred times as many
    followers must not cost a hundred times as much."""
    stack = Stack(folder, parts=("store",), environ=dict(os.environ))
    with stack:
        os.environ.update(stack.environment())  # from here on the store of this process is that of the stack
        yield from _day()


def _day() -> Iterator[Figure]:
    from wsis_shared import mongo
    from wsis_shared.collection_specs import declare

    from wsis_consultation.discussions.use_cases import compose
    from wsis_consultation.plugin import plugin

    db = mongo.database("consultation")
    declare(db, plugin.load("collections"))
    cases = compose(Parts(db, lambda *_, **__: None))
    took = {}
    for number, followers in enumerate((FEW, MANY), 1):
        discussion = _fill(db, number, followers)
        events = [{"data": {"discussion": discussion, "n": n}} for n in range(1, COMMENTS + 1)]
        took[followers] = _seconds(
            lambda events=events: [in_transaction(partial(cases.followers.mail_followers, event)) for event in events]  # type: ignore[misc]
        )
        notices = (event["data"] for event in unsent(db, "comment_notice"))
        told = sum(len(notice["accounts"]) for notice in notices if notice["discussion"] == discussion)
        if told != COMMENTS * followers // 2:
            raise NotMeasured(f"{told} mails of {COMMENTS} comments to {followers} followers")
    name = f"{COMMENTS} comments to {MANY:,} followers"
    yield Figure(f"{name}, stored", took[MANY], "s")
    yield Figure(f"{name}, to those of {FEW}", took[MANY] / took[FEW], "times", at_most=10)
    place = {"edition": EDITION, "discussion": discussion, "n": COMMENTS}
    notice = _seconds(
        lambda: [cases.followers.write_comment_notice(place, f"m{number}") for number in range(0, SAMPLE, 2)]
    )
    yield Figure("text of a mail about a comment", 2000 * notice / SAMPLE, "ms")
    ctx = make_context(received_at=clock.now())
    began = time.perf_counter()
    if cases.digests.send_comment_digests(ctx) != 1:
        raise NotMeasured("no digest was due")
    yield Figure(f"the digest of {MANY:,} followers, stored", time.perf_counter() - began, "s")
    due = unsent(db, "comments_digest_due")[0]["data"]
    digest = _seconds(
        lambda: [cases.digests.write_comments_digest(due, f"m{number}") for number in range(1, SAMPLE, 2)]
    )
    yield Figure("text of a digest", 2000 * digest / SAMPLE, "ms")
    yield Figure("text of a digest, to that of a comment", digest / notice, "times", at_most=25)


def _fill(db: Any, number: int, followers: int) -> str:
    """A discussion with the comments of the last hours; its followers are m0, at once, m1, daily, and so on."""
    since = clock.now() - timedelta(hours=8)
    body = {"community": "youth", "language": "fr", "title": "Les jeunes et les TIC", "text": "Vos idées ?"}
    discussion = discussions.opened(EDITION, number, body, since)
    rows = []
    for count in range(1, COMMENTS + 1):
        discussion |= {"comments": count, "threads": count}
        at = since + timedelta(minutes=2 * count)
        rows.append({**comments.written(discussion, None, None, AUTHOR, TEXT, at, "web"), "version": 1})
    db["discussions"].insert_one({**discussion, "version": 1, "last_comment_at": rows[-1]["posted_at"]})
    db["comments"].insert_many(rows)
    db["follows"].insert_many(
        {
            "_id": f"{discussion['_id']}-m{follower}",
            "edition": EDITION,
            "discussion": discussion["_id"],
            "account": f"m{follower}",
            "mode": (discussions.IMMEDIATE, discussions.DAILY)[follower % 2],
            "at": since,
        }
        for follower in range(followers)
    )
    return str(discussion["_id"])


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
