"""What is said of sessions in a word; without libraries, since every image reads it."""

DRAFT, ACCEPTED, DECLINED, CANCELLED = STATUSES = ("draft", "accepted", "declined", "cancelled")
