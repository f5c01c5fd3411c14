"""The matrix for people: a heat map and an HTML page with the table, in seven languages."""
