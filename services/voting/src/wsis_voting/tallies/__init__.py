"""Where voting stands, and its certified tally."""
