"""Online discussions: read, post, moderate, follow."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

from wsis_shared.blobs import store as blob_store
from wsis_shared.parts import Parts
from wsis_shared.sentences import Sentences
from wsis_shared.settings import Suite

from wsis_consultation.discussions.store import (
    Comments,
    CommunityFollowers,
    Discussions,
    Followers,
    WaitingComments,
)
from wsis_consultation.discussions.use_cases.addresses import compose_addresses
from wsis_consultation.discussions.use_cases.approving import ApprovingCases
from wsis_consultation.discussions.use_cases.communities import CommunityCases, RenderingCases
from wsis_consultation.discussions.use_cases.community_followers import CommunityFollowerCases
from wsis_consultation.discussions.use_cases.documents import DocumentCases
from wsis_consultation.discussions.use_cases.followers import DigestCases, FollowerCases
from wsis_consultation.discussions.use_cases.posting import ModerationCases, PostingCases
from wsis_consultation.discussions.use_cases.reading import Presenter, ReadingCases
from wsis_consultation.editions.store import Editions
from wsis_consultation.people.store import Contacts


class DiscussionCases(NamedTuple):
    """What can be done with discussions, by who does it."""

    communities: CommunityCases
    reading: ReadingCases
    posting: PostingCases
    moderation: ModerationCases
    approving: ApprovingCases
    followers: FollowerCases
    community_followers: CommunityFollowerCases
    digests: DigestCases
    rendering: RenderingCases
    documents: DocumentCases


def compose(parts: Parts) -> DiscussionCases:
    """The use cases with their collaborators; called once per process."""
    suite, say = Suite.load(), Sentences("wsis_consultation", "discussions")
    accounts, public_url = parts.client("accounts"), suite.public_url.rstrip("/")
    editions, discussions, comments = Editions(parts.db), Discussions(parts.db), Comments(parts.db)
    followers, presenter = Followers(parts.db), Presenter(say)
    community_followers, reply_to = CommunityFollowers(parts.db), compose_addresses(parts).reply_address
    waiting = WaitingComments(parts.db)
    posting = PostingCases(discussions, comments, waiting, presenter, accounts)
    host = urlsplit(public_url).hostname or "localhost"
    return DiscussionCases(
        communities=CommunityCases(editions, discussions, community_followers, presenter),
        reading=ReadingCases(editions, discussions, comments, followers, presenter, say, public_url, reply_to=reply_to),
        posting=posting,
        moderation=ModerationCases(editions, discussions, comments, presenter),
        approving=ApprovingCases(discussions, comments, waiting, posting, presenter),
        followers=FollowerCases(
            editions,
            discussions,
            comments,
            followers,
            Contacts(parts.db),
            accounts,
            presenter,
            host=host,
            reply_to=reply_to,
        ),
        community_followers=CommunityFollowerCases(
            editions, discussions, community_followers, host=host, reply_to=reply_to
        ),
        digests=DigestCases(discussions, comments, followers, presenter),
        rendering=RenderingCases(editions, discussions, comments),
        documents=DocumentCases(discussions, lambda: blob_store.of("consultation")),
    )
