"""The rules of editions."""
