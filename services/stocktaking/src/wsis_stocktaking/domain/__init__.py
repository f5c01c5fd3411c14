"""The rules, as functions of plain values."""
