"""The rules, pure: who gets a mail, how it reads, what an answer of the relay means."""
