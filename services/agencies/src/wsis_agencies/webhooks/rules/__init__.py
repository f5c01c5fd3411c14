"""Rules of webhooks, pure: how they are signed, and how a receiver agrees."""
