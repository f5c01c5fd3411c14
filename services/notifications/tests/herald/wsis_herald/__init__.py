"""A publisher made up for the tests of notifications."""
