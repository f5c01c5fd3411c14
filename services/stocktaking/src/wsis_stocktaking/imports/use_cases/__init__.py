"""Imports and their reversal."""
