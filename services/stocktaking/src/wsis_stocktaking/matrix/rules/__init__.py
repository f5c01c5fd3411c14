"""The WSIS-SDG Matrix: links with their patches, proposals, and the evidence of links."""
