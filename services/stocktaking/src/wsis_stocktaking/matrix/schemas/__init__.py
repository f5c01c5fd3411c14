"""What comes in and what goes out of the WSIS-SDG Matrix."""
