"""The rules, pure: mailboxes, codes, sessions, people and their roles."""
