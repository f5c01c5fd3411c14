"""What accounts says of voters."""
