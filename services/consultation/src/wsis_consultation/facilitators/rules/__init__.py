"""High-Level Track Facilitators: the call, nominations, consent, duplicates, balance."""
