"""What became of the vote behind a receipt."""
