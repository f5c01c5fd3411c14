"""Editions of the consultation: phases, deadlines, the days of the Forum. All other subjects stand on this one."""
