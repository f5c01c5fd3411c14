"""Statuses and kinds of comments."""

PUBLISHED, HIDDEN, DELETED = "published", "hidden", "deleted"
WAITING, REFUSED = "waiting", "refused"  # of comments that need an approval; they have no number yet
COMMENT, ANNOUNCEMENT = "comment", "announcement"  # kinds; the secretariat announces
