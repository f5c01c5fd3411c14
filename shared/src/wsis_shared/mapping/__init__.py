"""Tables with columns and values of others: which column is which field, and what a value means.

Pure rules. A service names its fields, their synonyms and its own words; a mapping is proposed by likeness, confirmed
by a person, and stored for each source (`wsis_shared.imports`). Tables themselves are read by `wsis_shared.tables`.
"""
