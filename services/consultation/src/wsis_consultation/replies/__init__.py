"""Replies to comments by mail."""
