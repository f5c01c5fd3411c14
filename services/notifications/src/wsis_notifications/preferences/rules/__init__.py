"""Rules of preferences, pure."""
