"""The fault kit: a suite with a contest, voters with a ledger of their own, and what befalls the suite meanwhile."""
