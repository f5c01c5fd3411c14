"""Official submissions: what they contain, their versions and receipts."""
