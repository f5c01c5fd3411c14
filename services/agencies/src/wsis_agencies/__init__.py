"""Public events for the systems of other agencies."""
