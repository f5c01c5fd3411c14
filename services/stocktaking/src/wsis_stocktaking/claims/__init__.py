"""Who speaks for the organization of entries: claims, and what proves them."""
