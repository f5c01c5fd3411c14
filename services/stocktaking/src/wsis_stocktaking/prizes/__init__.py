"""Entries of the projects that the WSIS Prizes nominate."""
