"""What an entry is: content, card, codes, life."""
