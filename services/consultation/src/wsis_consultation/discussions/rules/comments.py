"""Comments of a discussion: numbers, threads, who may change what and until when.

Numbers are dense: `n` in the discussion, `root_n` among its threads, `thread_n` in a thread. So a page is a window of
numbers, bounded at both ends, whatever was hidden or deleted: such a comment keeps its number as a tombstone.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import NamedTuple, NotRequired, TypedDict

from marshmallow import ValidationError
from wsis_shared.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from wsis_shared.schemas import Text

from wsis_consultation.discussions.rules.codes import ANNOUNCEMENT as ANNOUNCEMENT
from wsis_consultation.discussions.rules.codes import COMMENT as COMMENT
from wsis_consultation.discussions.rules.codes import DELETED as DELETED
from wsis_consultation.discussions.rules.codes import HIDDEN as HIDDEN
from wsis_consultation.discussions.rules.codes import PUBLISHED as PUBLISHED
from wsis_consultation.discussions.rules.comment_html import to_html
from wsis_consultation.discussions.rules.comment_words import ALL, announced_in, in_discussion, in_language, words_of
from wsis_consultation.discussions.rules.discussions import Discussion
from wsis_consultation.editions.rules.stored import Stored


class Author(TypedDict):
    """A member, as accounts says it."""

    account: str
    names: str
    organization: NotRequired[str | None]
    country: NotRequired[str | None]
    stakeholder_type: NotRequired[str | None]


class Moderation(TypedDict):
    """What an officer decided."""

    by: str
    reason: str
    at: datetime


class Place(TypedDict):
    """Where a comment stands, as events name it."""

    edition: str
    discussion: str
    n: int


class Comment(Stored, Place):
    """`source` is what the author wrote, `author` their account (None once it is erased), `via` "web" or "mail".
    `front` is that of its thread, for the first of a thread; `message_key` names the mail that it was."""

    thread: int
    thread_n: int
    root_n: int
    front: NotRequired[int]
    parent: int | None
    depth: int
    replies: int
    status: str
    language: str
    source: str
    html: str
    kind: NotRequired[str]  # ANNOUNCEMENT; other comments lack it
    words: NotRequired[list[str]]  # by which it is found while it is published; comments of before lack them
    author: str | None
    names: str | None
    organization: str | None
    country: str | None
    stakeholder_type: str | None
    via: str
    message_key: NotRequired[str]
    posted_at: datetime
    approved_at: NotRequired[datetime]  # by a moderator, who read this text
    ends_at: NotRequired[datetime]  # of a refused one
    edited_at: datetime | None
    edits: int
    moderation: Moderation | None
    report_state: str | None
    report_count: int
    report_reasons: dict[str, int]
    reported_at: datetime | None


class FormerText(TypedDict):
    """What a comment said before."""

    _id: str
    comment: str
    number: int
    source: str
    html: str
    at: datetime


class Report(TypedDict):
    """Why an account reported a comment."""

    _id: str
    comment: str
    account: str
    reason: str
    note: str | None
    at: datetime


OPEN, HANDLED = "open", "handled"  # reports

MAX_TEXT = 10_000  # characters
MAX_DEPTH = 3
MAX_PER_DAY = 100  # of a member, on the web
FIRST_REPLIES = 5  # of a thread, in the list of threads
EDIT_MINUTES = 15
EDIT_WINDOW = timedelta(minutes=EDIT_MINUTES)

PERSONAL = ("author", "names", "organization", "country", "stakeholder_type")

_TEXT = Text(max_length=MAX_TEXT, many_lines=True)


class Window(NamedTuple):
    """The numbers `low` to `high` - 1, and the cursor of the next page or None."""

    low: int
    high: int
    next: int | None


def window(last: int, after: int | None, limit: int, *, newest: bool) -> Window:
    """The page after the number `after` of a list that is numbered 1 to `last`."""
    if newest:
        high = min(last, last if after is None else after - 1) + 1
        low = max(1, high - limit)
        return Window(low, max(low, high), low if low > 1 else None)
    low = (after or 0) + 1
    high = min(last, low + limit - 1) + 1
    return Window(low, max(low, high), high - 1 if high <= last else None)


def checked(text: str) -> str:
    """The text of a comment: NFC, trimmed, without direction controls. Raises Invalid with the field `text`."""
    try:
        found: str = _TEXT.deserialize(text)
    except ValidationError as error:
        raise Invalid(
            "consultation.comment_invalid", fields={"text": [str(message) for message in error.messages]}
        ) from None
    return found


def id_of(discussion: str, number: int) -> str:
    """The id of a comment."""
    return f"{discussion}-{number}"


def place(comment: Comment) -> Place:
    """Where a comment stands."""
    return {"edition": comment["edition"], "discussion": comment["discussion"], "n": comment["n"]}


def number_of(text: str) -> int:
    """A comment's number in a path. Raises NotFound."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise NotFound("consultation.comment_unknown")
    return int(text)


def written(
    discussion: Discussion,
    root: Comment | None,
    parent: Comment | None,
    author: Author,
    text: str,
    at: datetime,
    via: str,
    language: str | None = None,
) -> Comment:
    """A new comment. `discussion` and `root`, of its thread, have counted it already; `text` is `checked`, `language`
    that of the discussion by default.

    A reply to a comment at the greatest depth keeps its `parent` and stays at that depth.
    """
    number = discussion["comments"]
    thread_n = root["replies"] if root else 0
    root_n = root["root_n"] if root else discussion["threads"]
    comment: Comment = {
        "_id": id_of(discussion["_id"], number),
        "edition": discussion["edition"],
        "discussion": discussion["_id"],
        "n": number,
        "thread": root["n"] if root else number,
        "thread_n": thread_n,
        "root_n": root_n,
        "replies": 0,
        "parent": parent["n"] if parent else None,
        "depth": min(parent["depth"] + 1, MAX_DEPTH) if parent else 1,
        "status": PUBLISHED,
        "language": language or discussion["language"],
        "source": text,
        "html": to_html(text),
        "author": author["account"],
        "names": author["names"],
        "organization": author.get("organization"),
        "country": author.get("country"),
        "stakeholder_type": author.get("stakeholder_type"),
        "via": via,
        "posted_at": at,
        "edited_at": None,
        "edits": 0,
        "moderation": None,
        "report_state": None,
        "report_count": 0,
        "report_reasons": {},
        "reported_at": None,
    }
    if thread_n <= FIRST_REPLIES:
        comment["front"] = root_n
    return with_words(comment)


def kind_of(comment: Comment) -> str:
    """COMMENT or ANNOUNCEMENT."""
    return comment.get("kind", COMMENT)


def announced(comment: Comment) -> Comment:
    """The comment as an announcement of the secretariat."""
    return with_words({**comment, "kind": ANNOUNCEMENT})


def with_words(comment: Comment) -> Comment:
    """The comment with the words that find it: none unless everybody reads it."""
    if comment["status"] != PUBLISHED:
        return {**comment, "words": []}
    about = [ALL, in_language(comment["language"]), in_discussion(comment["discussion"])]
    if kind_of(comment) == ANNOUNCEMENT:
        about.append(announced_in(comment["discussion"]))
    return {**comment, "words": [*about, *words_of(comment["source"])]}


def require_left(count: int, at: datetime) -> None:
    """Raises TooMany where a comment is more than a member may post on this day."""
    if count > MAX_PER_DAY:
        midnight = datetime.combine(at.date() + timedelta(days=1), time(), at.tzinfo)
        raise TooMany(
            "consultation.too_many_comments", limit=MAX_PER_DAY, retry_after=int((midnight - at).total_seconds()) + 1
        )


def require_published(comment: Comment) -> None:
    """Raises Conflict for a tombstone."""
    if comment["status"] != PUBLISHED:
        raise Conflict("consultation.comment_removed")


def require_replies(comment: Comment, root: Comment) -> None:
    """Raises Conflict for a tombstone, and where the comment `root` that began the thread is one."""
    require_published(comment)
    require_published(root)


def require_author(comment: Comment, account: str | None) -> None:
    """Raises Forbidden for anybody but the author."""
    if account is None or comment["author"] != account:
        raise Forbidden("consultation.not_the_author")


class Affiliation(TypedDict):
    """Whom an author speaks for; nothing of who speaks for themself."""

    organization: str | None
    country: str | None
    stakeholder_type: str | None


def affiliation(comment: Comment) -> Affiliation:
    """What everybody reads of the author beside the name: a private person's country is not shown, and nothing of who
    writes for the secretariat."""
    published = comment["status"] == PUBLISHED and kind_of(comment) == COMMENT
    spoken_for = published and bool(comment["organization"])
    return {
        "organization": comment["organization"] if spoken_for else None,
        "country": comment["country"] if spoken_for else None,
        "stakeholder_type": comment["stakeholder_type"] if spoken_for else None,
    }


def is_editable(comment: Comment, account: str | None, moment: datetime) -> bool:
    """May the account edit the comment at `moment`, as far as the comment decides? What a moderator approved stays."""
    own = account is not None and comment["author"] == account
    fresh = moment < comment["posted_at"] + EDIT_WINDOW and "approved_at" not in comment
    return own and comment["status"] == PUBLISHED and fresh


def edited(comment: Comment, account: str | None, text: str, moment: datetime) -> Comment:
    """The comment with another text. Raises Forbidden, Conflict."""
    require_author(comment, account)
    require_published(comment)
    if "approved_at" in comment:
        raise Conflict("consultation.comment_approved")
    if not is_editable(comment, account, moment):
        raise Conflict("consultation.edit_window_over", minutes=EDIT_MINUTES)
    return with_words(
        {**comment, "source": text, "html": to_html(text), "edited_at": moment, "edits": comment["edits"] + 1}
    )


def deleted(comment: Comment, account: str | None, moment: datetime) -> Comment:
    """The tombstone of a comment that its author deletes: its text is gone for good. Raises Forbidden, Conflict."""
    require_author(comment, account)
    require_published(comment)
    report_state = HANDLED if comment["report_state"] == OPEN else comment["report_state"]
    return with_words(
        {**comment, "status": DELETED, "source": "", "html": "", "edited_at": moment, "report_state": report_state}
    )


def moderated(comment: Comment, status: str, by: str, reason: str, moment: datetime) -> Comment:
    """The comment as an officer decides: HIDDEN or PUBLISHED; open reports are handled by it. Raises Conflict."""
    if comment["status"] == DELETED:
        raise Conflict("consultation.comment_removed")
    return with_words(
        {
            **comment,
            "status": status,
            "moderation": {"by": by, "reason": reason, "at": moment},
            "report_state": HANDLED if comment["report_state"] == OPEN else comment["report_state"],
        }
    )


def reported(comment: Comment, reason: str, moment: datetime) -> Comment:
    """The comment with one more report. Reports alone hide nothing."""
    reasons = comment["report_reasons"]
    return {
        **comment,
        "report_state": OPEN,
        "report_count": comment["report_count"] + 1,
        "reported_at": moment,
        "report_reasons": {**reasons, reason: reasons.get(reason, 0) + 1},
    }
