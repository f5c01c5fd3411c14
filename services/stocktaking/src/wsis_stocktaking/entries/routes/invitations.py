"""The call for updates."""

from __future__ import annotations

from wsis_shared.jobs import JobKind
from wsis_shared.plugin import Mode, Route

from wsis_stocktaking.entries.schemas import invitations

JOBS = (
    JobKind(
        "invite_owners",
        "Invites owners of old entries to update them",
        permission="stocktaking:read",
        result=invitations.InvitationResult,
    ),
)

ROUTES = (
    Route(
        "POST",
        "/v1/entry-invitations",
        handler="start_invitations",
        summary="Invite owners to update old entries",
        body=invitations.InvitationBody,
        response=invitations.InvitationResult,
        permission="stocktaking:manage",
        mode=Mode.JOB,
        limit="heavy",
        description="One mail to each owner, with all their old entries. Whoever was invited recently gets none. "
        "A dry run counts; it is the default.",
    ),
    Route(
        "GET",
        "/v1/entry-contacts",
        handler="list_entries_without_owner",
        summary="Old entries that nobody owns",
        query=invitations.OwnerlessQuery,
        response=invitations.OwnerlessPage,
        permission="stocktaking:manage",
        export="entry-contacts",
        personal=True,
        description="With the contact that an import brought. The suite mails no address that nobody has proved.",
    ),
)
