"""What comes in and what goes out: packages and pledges, the fund."""
