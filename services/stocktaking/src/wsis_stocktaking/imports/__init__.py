"""Imports of existing registers, and their reversal."""
