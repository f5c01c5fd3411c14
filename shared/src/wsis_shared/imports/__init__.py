"""Imports of files of rows: their repository, what officers do with them, and see of them (states: `import_states`).

A service reads a file in batches, each in one transaction with the position of its last row, and says what a row does.
"""
