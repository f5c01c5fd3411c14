"""Load, decide, store, respond."""
