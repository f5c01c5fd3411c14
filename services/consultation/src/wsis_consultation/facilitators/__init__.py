"""High-level track facilitators: nominations, consents and the selection."""
