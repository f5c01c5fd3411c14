"""Rules of addresses, pure."""
