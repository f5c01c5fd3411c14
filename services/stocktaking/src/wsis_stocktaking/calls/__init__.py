"""Calls for updates: the secretariat asks owners whether their entries are still correct."""
