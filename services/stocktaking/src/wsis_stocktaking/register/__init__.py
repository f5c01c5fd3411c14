"""The register: what entries are, their revisions and sequence, and how they become public."""
