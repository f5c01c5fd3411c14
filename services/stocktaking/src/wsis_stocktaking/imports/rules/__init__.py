"""What a row of an import does, and what its reversal undoes."""
