"""Lists of readers that others kept: which column is which field of a subscription, and what a value means.

Pure rules, upon those of all tables (`wsis_shared.mapping`). Words are in `subscribers/data/`.
"""
