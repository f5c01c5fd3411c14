"""The demonstration: a whole edition of the WSIS Prizes, played over HTTP against a running suite.

`client` and `mailbox` also serve the end-to-end tests.
"""
