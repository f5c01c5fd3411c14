"""What comes in and what goes out: packages and pledges, partners, the fund."""
