"""The rules of the contest, pure: no clock, no store, no bus."""
