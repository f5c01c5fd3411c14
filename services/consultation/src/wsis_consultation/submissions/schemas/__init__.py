"""Requests and responses of the form, drafts and submissions."""
