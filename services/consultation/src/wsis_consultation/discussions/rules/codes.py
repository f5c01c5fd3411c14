"""What is said of discussions and comments in a word; without libraries, since every image reads it."""

OPEN, CLOSED = STATES = ("open", "closed")  # of discussions
IMMEDIATE, DAILY, OFF = MODES = ("immediate", "daily", "off")  # how a member follows a discussion
PUBLISHED, HIDDEN, DELETED = "published", "hidden", "deleted"
WAITING, REFUSED = "waiting", "refused"  # of comments that need an approval; they have no number yet
STATUSES = (PUBLISHED, HIDDEN, DELETED, WAITING, REFUSED)
COMMENT, ANNOUNCEMENT = "comment", "announcement"  # kinds; the secretariat announces
REASONS = ("spam", "abuse", "off_topic", "personal_data", "other")  # why somebody reports a comment
