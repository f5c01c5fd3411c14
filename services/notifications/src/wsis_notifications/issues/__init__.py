"""Issues of the newsletter."""
