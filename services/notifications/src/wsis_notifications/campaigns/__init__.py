"""Campaigns: an issue goes to its readers."""
