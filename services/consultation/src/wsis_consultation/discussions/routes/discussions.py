"""Routes of communities and discussions: reading, opening, closing, feeds, followers."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route
from wsis_shared.streams import Stream

from wsis_consultation.discussions import schemas
from wsis_consultation.discussions.schemas import following
from wsis_consultation.meetings.schemas.arrangements import Document, DocumentBody
from wsis_consultation.public_documents import ACCEPTED

EDITION = "/v1/consultations/{edition}"
DISCUSSION = f"{EDITION}/discussions/{{discussion}}"
TAKE_PART, READ, MANAGE = "consultation:take_part", "consultation:read", "consultation:manage"
MODERATE = "consultation:moderate"
NO_EDITION, NO_DISCUSSION = "consultation.edition_unknown", "consultation.discussion_unknown"
LIVE = Stream(events=("consultation.comment_posted", "consultation.comment_changed"), subject="discussion")
CHANGES = (*LIVE.events, "consultation.discussion_changed", "consultation.person_forgotten")
_NO_DOCUMENT = "consultation.discussion_document_unknown"
_COMMUNITY, _EDITION_REMOVED = "consultation.community_changed", "consultation.edition_removed"

ROUTES = (
    # -- communities and discussions -----------------------------------------------------------------------------------
    Route(
        "GET",
        f"{EDITION}/communities",
        handler="list_communities",
        summary="Communities of a consultation",
        response=schemas.Communities,
        permission=PUBLIC,
        cache=60,
        invalidated_by=(_COMMUNITY, _EDITION_REMOVED),
        error_codes=(NO_EDITION,),
    ),
    Route(
        "POST",
        f"{EDITION}/communities",
        handler="create_community",
        summary="Create a community",
        status=201,
        description="Its code stands in addresses and stays.",
        body=schemas.NewCommunity,
        response=schemas.Community,
        permission=MANAGE,
        error_codes=(NO_EDITION, "consultation.community_exists"),
    ),
    Route(
        "GET",
        f"{EDITION}/communities/{{community}}",
        handler="read_community",
        summary="A community",
        response=schemas.Community,
        permission=PUBLIC,
        cache=60,
        invalidated_by=(_COMMUNITY,),
        versioned=True,
        error_codes=("consultation.community_unknown",),
    ),
    Route(
        "PUT",
        f"{EDITION}/communities/{{community}}",
        handler="change_community",
        summary="Change a community",
        body=schemas.CommunityBody,
        response=schemas.Community,
        permission=MANAGE,
        if_match=True,
        error_codes=("consultation.community_unknown",),
    ),
    Route(
        "GET",
        f"{EDITION}/discussions",
        handler="list_discussions",
        summary="Discussions, the newest first",
        query=schemas.DiscussionQuery,
        response=schemas.DiscussionPage,
        permission=PUBLIC,
        cache=30,
        invalidated_by=(*CHANGES, _EDITION_REMOVED),
        export="discussions",
        error_codes=(NO_EDITION,),
    ),
    Route(
        "POST",
        f"{EDITION}/discussions",
        handler="open_discussion",
        summary="Open a discussion",
        status=201,
        body=schemas.DiscussionBody,
        response=schemas.Discussion,
        permission=MANAGE,
        error_codes=(NO_EDITION, "consultation.community_unknown"),
    ),
    Route(
        "GET",
        DISCUSSION,
        handler="read_discussion",
        summary="A discussion with its opening text",
        response=schemas.Discussion,
        permission=PUBLIC,
        cache=30,
        invalidated_by=CHANGES,
        error_codes=(NO_DISCUSSION,),
        versioned=True,
    ),
    Route(
        "PUT",
        DISCUSSION,
        handler="change_discussion",
        summary="Change title and opening text of a discussion",
        body=schemas.DiscussionBody,
        response=schemas.Discussion,
        permission=MANAGE,
        if_match=True,
        error_codes=(NO_DISCUSSION, "consultation.community_unknown"),
    ),
    Route(
        "PUT",
        f"{DISCUSSION}/state",
        handler="set_discussion_state",
        summary="Close a discussion, or open it again",
        description="A closed discussion stays readable; nobody can comment, edit or reply by mail.",
        body=schemas.StateBody,
        response=schemas.Discussion,
        permission=MANAGE,
        error_codes=(NO_DISCUSSION,),
    ),
    Route(
        "PUT",
        f"{EDITION}/discussion-states",
        handler="set_discussion_states",
        summary="Close discussions, or open them again, in one act",
        description="All of them, or none where one is unknown. Those that are in that state already stay as they are.",
        body=schemas.StatesBody,
        response=schemas.DiscussionStates,
        permission=MANAGE,
        error_codes=(NO_DISCUSSION,),
    ),
    Route(
        "GET",
        f"{DISCUSSION}/feed",
        handler="read_discussion_feed",
        summary="Atom feed of a discussion",
        description="The newest 50 comments. One that is hidden or deleted is in it no more.",
        permission=PUBLIC,
        cache=30,
        invalidated_by=(*CHANGES, _COMMUNITY),
        media="application/atom+xml",
        error_codes=(NO_DISCUSSION,),
    ),
    # -- files ---------------------------------------------------------------------------------------------------------
    Route(
        "POST",
        f"{DISCUSSION}/documents",
        handler="add_discussion_document",
        summary="Add a document to a discussion",
        description="Everybody may download it at once. Nobody is mailed: an announcement says that it is there.",
        status=201,
        body=DocumentBody,
        upload=ACCEPTED,
        response=Document,
        permission=MANAGE,
        error_codes=(NO_DISCUSSION, "consultation.discussion_documents_full"),
    ),
    Route(
        "GET",
        f"{DISCUSSION}/documents/{{document}}",
        handler="read_discussion_document",
        summary="Download a document of a discussion",
        permission=PUBLIC,
        download=True,
        media="*/*",
        limit="heavy",
        error_codes=(NO_DISCUSSION, _NO_DOCUMENT),
    ),
    Route(
        "DELETE",
        f"{DISCUSSION}/documents/{{document}}",
        handler="remove_discussion_document",
        summary="Remove a document from a discussion",
        status=204,
        permission=MANAGE,
        error_codes=(NO_DISCUSSION, _NO_DOCUMENT),
    ),
    # -- following -----------------------------------------------------------------------------------------------------
    Route(
        "PUT",
        f"{DISCUSSION}/follow",
        handler="follow_discussion",
        summary="Follow a discussion by mail",
        description="Each comment at once, a digest once a day, or off.",
        body=following.FollowBody,
        response=following.Follow,
        permission=TAKE_PART,
        error_codes=(NO_DISCUSSION,),
    ),
    Route(
        "GET",
        f"{EDITION}/me/communities",
        handler="list_followed_communities",
        summary="Communities, and which of them one follows",
        response=following.FollowedCommunities,
        permission=TAKE_PART,
        error_codes=(NO_EDITION,),
    ),
    Route(
        "PUT",
        f"{EDITION}/communities/{{community}}/follow",
        handler="follow_community",
        summary="Follow a community by mail",
        description="One mail for each new discussion, with its opening text. Its comments are followed by themselves.",
        body=following.FollowCommunityBody,
        response=following.FollowedCommunity,
        permission=TAKE_PART,
        error_codes=("consultation.community_unknown",),
    ),
    Route(
        "GET",
        f"{EDITION}/follows",
        handler="list_follows",
        summary="Discussions that one follows",
        response=following.Follows,
        permission=TAKE_PART,
        error_codes=(NO_EDITION,),
    ),
)
