"""A sample service for the gateway's tests: notes."""
