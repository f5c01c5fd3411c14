"""Assignments: who moderates a discussion, chairs a meeting, or works on an edition, without being an officer."""
