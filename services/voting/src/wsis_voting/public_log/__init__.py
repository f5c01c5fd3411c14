"""The public log of the votes, signed, which anybody can check."""
