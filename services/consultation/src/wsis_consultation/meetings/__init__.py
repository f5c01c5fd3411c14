"""Meetings: their arrangement, registration, the floor and minutes."""
