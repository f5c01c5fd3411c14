"""High-Level Track Facilitators: nominations, candidates, confirmation."""
