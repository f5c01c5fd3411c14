"""The move from notifications."""
