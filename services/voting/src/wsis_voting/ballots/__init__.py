"""Votes and ballots: decided on in batches, stored by recorders."""
