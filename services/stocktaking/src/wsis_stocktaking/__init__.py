"""WSIS Stocktaking: the register of activities, its search, the WSIS-SDG Matrix and the reports."""
