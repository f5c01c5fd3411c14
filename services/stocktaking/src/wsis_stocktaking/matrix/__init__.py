"""The WSIS-SDG Matrix: versions, proposals, evidence, pictures."""
