"""Documents of the consultation: the outcomes and the final brief."""
