"""The Atom feed of a discussion."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from wsis_shared.atom import Entry, Feed, atom

from wsis_consultation.discussions.rules.comments import Comment
from wsis_consultation.discussions.rules.discussions import Discussion

_FSI, _PDI = "\u2068", "\u2069"


def feed_of(
    discussion: Discussion,
    comments: Iterable[Comment],
    texts: Mapping[str, str],
    url: str,
    page: str,
    name_of: Callable[[Comment], str],
) -> str:
    """The feed with these comments, each published; the newest comes first.

    `texts` has `subtitle` and `community` in the reader's language. `url` is the address of the discussion for
    programs, `page` that for people; `name_of` a comment is the name of its author as readers see it.
    """
    rows = sorted(comments, key=lambda row: -row["n"])
    feed = Feed(
        name=f"consultation:{discussion['_id']}",
        title=discussion["title"],
        subtitle=texts["subtitle"],
        language=discussion["language"],
        url=f"{url}/feed",
        items=page,
        category=(discussion["community"], texts["community"]),
        updated=max([discussion["opened_at"], *(row["edited_at"] or row["posted_at"] for row in rows)]),
    )
    return atom(feed, (_entry(row, discussion, name_of(row), page) for row in rows))


def _entry(row: Comment, discussion: Discussion, author: str, page: str) -> Entry:
    return Entry(
        name=f"consultation:{row['_id']}",
        title=f"{_FSI}{author}{_PDI}: {_FSI}{discussion['title']}{_PDI}",
        author=author,
        published=row["posted_at"],
        updated=row["edited_at"],
        url=f"{page}/comments/{row['n']}",
        html=row["html"],
    )
