"""Public online voting of the WSIS Prizes: ballots, votes and tallies."""
