"""Registers that others wrote: which column is which field, what a value means, and what a row says then.

Pure rules. A mapping is proposed by likeness, confirmed by a person, and stored for each register.
"""
