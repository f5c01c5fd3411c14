"""The index of submissions: a row for each, which the overview and the programme read."""
