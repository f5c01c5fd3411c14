"""The types of Forum sessions, as data of an edition."""
