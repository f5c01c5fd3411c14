"""Input and output of editions."""
