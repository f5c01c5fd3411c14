"""Use cases. Sending of an issue to its recipients: schedule, pause, resume, figures."""
