"""The officers' desk: an edition as a whole, how far each of its steps is, and its phases and settings."""
