"""Searches of members that run by themselves."""
