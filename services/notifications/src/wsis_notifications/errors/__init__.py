"""Ways to fail, by subject."""
