"""Discussions: communities, comments, followers and their mails."""
