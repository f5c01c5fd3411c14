"""Documents of editions."""
