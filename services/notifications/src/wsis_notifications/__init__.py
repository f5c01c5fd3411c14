"""Mails that follow the events of the suite: each to each person once, in the person's language."""
