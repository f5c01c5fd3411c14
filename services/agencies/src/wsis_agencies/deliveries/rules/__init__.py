"""Rules of deliveries, pure."""
