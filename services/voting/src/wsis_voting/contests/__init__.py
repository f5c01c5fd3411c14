"""Contests: the window and the nominees that prizes decides on, and the life of a contest."""
