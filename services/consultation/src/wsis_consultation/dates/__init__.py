"""Phases and deadlines of an edition, how they change, and who is told."""
