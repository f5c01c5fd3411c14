"""The HTTP gateway of the suite. It names no service: its routes come from the installed plugins."""
