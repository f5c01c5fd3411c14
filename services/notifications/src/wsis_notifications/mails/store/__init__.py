"""Documents and indexes of deliveries."""
