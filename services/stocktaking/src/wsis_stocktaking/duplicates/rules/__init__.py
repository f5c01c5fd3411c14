"""Pairs, their verdicts, and how much two entries look alike."""
