"""The overview of all input: lists, counts and coverage."""
