"""Subscriptions of agencies to public events."""
