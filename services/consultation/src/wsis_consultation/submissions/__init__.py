"""Submissions: the form, drafts, what was submitted, and its index."""
