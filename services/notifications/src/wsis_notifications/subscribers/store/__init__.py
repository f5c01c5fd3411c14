"""Documents and indexes of readers."""
