"""Webhooks: where they may go, how they are signed, and in which order they are delivered."""
