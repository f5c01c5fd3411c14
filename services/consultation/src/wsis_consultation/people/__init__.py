"""People of the consultation: their contacts, and the links that they are mailed."""
