"""A made-up service with workers and processes."""
