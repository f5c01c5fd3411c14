"""A made-up service: what the tests of the bus talk to."""
