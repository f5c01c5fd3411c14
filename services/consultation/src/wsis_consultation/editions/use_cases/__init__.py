"""What can be done with editions."""
