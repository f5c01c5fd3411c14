"""How much of a file is compared, for schemas too: an image without the service has nothing to compare with."""

MAX_COMPARED, MAX_LISTED = 1000, 100  # rows of a file that are compared, and likely duplicates that are kept
