"""What other systems get of the register."""

FORMATS = ("jsonl", "csv", "jsonld")
"""The files of a snapshot."""
