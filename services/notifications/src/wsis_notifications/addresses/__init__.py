"""Mail addresses: their spellings and keys, and which are suppressed."""
