"""What officers see of all submissions: rows of the index, filters, counts, coverage."""
