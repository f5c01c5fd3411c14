"""How many take part, never for whom."""
