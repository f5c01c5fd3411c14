"""The WSIS-SDG Matrix: links of action lines with goals, their versions, and proposals to change them."""
