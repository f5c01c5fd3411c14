"""Subscriptions of agencies to public events, and the deliveries of their webhooks."""
