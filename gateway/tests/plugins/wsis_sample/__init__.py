"""A made-up service: notes that people write, for the tests of the gateway."""
