"""What owners and officers see of entries, and the call for updates."""

from wsis_stocktaking.entries.store import entries, invitations

COLLECTIONS = (*entries.COLLECTIONS, *invitations.COLLECTIONS)
