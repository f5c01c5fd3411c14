"""High-Level Track Facilitators: what comes in and what goes out."""
