"""Use cases of entries: own drafts, review by officers, public reading, the call for updates."""
