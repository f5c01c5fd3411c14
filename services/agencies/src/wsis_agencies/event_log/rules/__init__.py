"""Rules of the event log, pure."""
