"""The review of fraud: groups of ballots to look at, and what officers decide on them."""
