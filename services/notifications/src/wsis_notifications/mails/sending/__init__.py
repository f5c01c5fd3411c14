"""Mails go to the relay: one engine for the mails of events and for those of campaigns."""
