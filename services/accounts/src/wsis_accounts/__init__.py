"""Stakeholders: registration, sign-in by mailed codes, access tokens, roles, and the audit of what staff did."""
