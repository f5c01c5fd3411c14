"""Imports of an existing register: what a row does, the reversal of an import, and how a register of others is read."""
