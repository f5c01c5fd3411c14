"""Reports that are made of the register."""
