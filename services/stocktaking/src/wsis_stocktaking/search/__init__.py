"""The search of the register, and its index."""
