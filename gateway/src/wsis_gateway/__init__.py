"""The HTTP door of the suite: thin, and it names no service. What it serves follows from the installed plugins."""
