"""What the service is for, in one line."""
