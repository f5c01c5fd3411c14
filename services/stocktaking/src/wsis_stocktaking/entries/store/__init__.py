"""What owners and officers see of entries; who was invited to update them."""
