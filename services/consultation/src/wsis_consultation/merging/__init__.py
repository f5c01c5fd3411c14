"""Similar submissions, and their merge by an officer, which can be undone."""
