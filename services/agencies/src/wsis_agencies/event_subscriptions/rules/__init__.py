"""Rules of subscriptions, pure."""
